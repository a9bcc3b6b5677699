package io.longlink.remoting.protocol;

import org.jspecify.annotations.Nullable;

/** The form of a frame's header, one byte on the wire (PROTOCOL section 1). The body is not affected. */
public enum SerializeType {
    /** A UTF-8 JSON object; carries any 32-bit code. */
    JSON((byte) 0),
    /** RocketMQ's compact binary header; carries codes and versions of 16 bits only. */
    ROCKETMQ((byte) 1);

    private final byte code;

    SerializeType(byte code) {
        this.code = code;
    }

    /** {@return the byte on the wire} */
    public byte getCode() {
        return code;
    }

    /**
     * Finds the type of a byte on the wire.
     *
     * @return the type, null if no type has this byte
     */
    public static @Nullable SerializeType valueOf(byte code) {
        return switch (code) {
            case 0 -> JSON;
            case 1 -> ROCKETMQ;
            default -> null;
        };
    }
}
