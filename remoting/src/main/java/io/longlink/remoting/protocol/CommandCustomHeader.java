package io.longlink.remoting.protocol;

import io.longlink.remoting.exception.RemotingCommandException;

/**
 * The typed parameters of one kind of command. Each instance field, inherited ones included, travels as one ext field: its name is
 * the key, its value the text (PROTOCOL section 5).
 *
 * <p>A class needs a constructor without arguments (of any visibility) to be read, and fields of the types {@code String}, {@code int},
 * {@code long}, {@code boolean}, {@code double}, their boxes, or an enum. Null values are not sent. Fields are accessed directly, not
 * through getters. Static and synthetic fields are left alone; so a field named {@code thisWeek} travels, while RocketMQ skips every name
 * that begins with {@code this}: its peers ignore such an ext field, and never send it, so do not mark it {@link CFNotNull}.
 * If a class declares a field that one of its superclasses declares too, only the subclass's field travels.
 * In a named module the package of the class must be open to this library.
 */
public interface CommandCustomHeader {
    /**
     * Checks what the types cannot express. Called on the thread that reads the header, after all fields are filled.
     *
     * @throws RemotingCommandException if the values do not go together
     */
    void checkFields() throws RemotingCommandException;
}
