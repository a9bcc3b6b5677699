package io.longlink.remoting.demo.story;

/** Grammar. Stateless. */
public final class Words {
    private Words() {}

    /** {@code 1 server}, {@code 2 servers}, {@code no servers}. */
    public static String count(long number, String noun) {
        return (number == 0 ? "no" : Long.toString(number)) + ' ' + noun + (number == 1 ? "" : "s");
    }
}
