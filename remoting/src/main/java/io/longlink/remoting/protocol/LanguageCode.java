package io.longlink.remoting.protocol;

/**
 * The language of a sender's library (PROTOCOL section 6). JSON headers carry the name, binary headers the code.
 *
 * <p>A language this table does not know, or a JSON {@code null}, is represented by {@link #OTHER}: it exists on the wire, every peer
 * can read it back, and nobody meets a null.
 */
public enum LanguageCode {
    JAVA((byte) 0),
    CPP((byte) 1),
    DOTNET((byte) 2),
    PYTHON((byte) 3),
    DELPHI((byte) 4),
    ERLANG((byte) 5),
    RUBY((byte) 6),
    /** Any language without an entry of its own, and every language we do not know. */
    OTHER((byte) 7),
    HTTP((byte) 8),
    GO((byte) 9),
    PHP((byte) 10),
    OMS((byte) 11),
    RUST((byte) 12),
    NODE_JS((byte) 13);

    private static final LanguageCode[] BY_CODE = values();

    private final byte code;

    LanguageCode(byte code) {
        this.code = code;
    }

    /** {@return the byte of the binary header} */
    public byte getCode() {
        return code;
    }

    /** {@return the language with this code, {@link #OTHER} if there is none} */
    public static LanguageCode valueOf(byte code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : OTHER;
    }

    /** Finds a language by its name in any case, as RocketMQ does; {@link #OTHER} if unknown. */
    static LanguageCode ofName(String name) {
        for (LanguageCode language : BY_CODE) {
            if (language.name().equalsIgnoreCase(name)) {
                return language;
            }
        }
        return OTHER;
    }
}
