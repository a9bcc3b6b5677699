package io.longlink.remoting.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One command as it stands on the wire, with a codec of its own: a second opinion on what the library under test reads and writes.
 * Immutable and thread-safe.
 *
 * <pre>
 * offset  size  field
 * 0       4     L = number of bytes after this word = 4 + H + B
 * 4       1     T = format of the header: 0 JSON, 1 ROCKETMQ (binary)
 * 5       3     H = length of the header
 * 8       H     header
 * 8+H     B     body
 * </pre>
 *
 * <p>A new frame carries opaque 0, language {@code JAVA}, version 515 (release 5.5.1), a JSON header and neither remark, ext fields nor
 * body; the withers change one of these each:
 *
 * <pre>{@code
 * peer.send(Frame.request(34).withOpaque(7).withExt("group", "g1").withBody(heartbeat));
 * }</pre>
 *
 * <p>The codec is strict: what a well-behaved peer never writes is refused with an {@link IllegalArgumentException} that says what is wrong
 * and where. A test that needs a broken frame takes {@link #encode()} and breaks it.
 */
public final class Frame {

    /** Bit 0 of {@link #flag()}: a response. */
    public static final int RESPONSE_FLAG = 1;

    /** Bit 1 of {@link #flag()}: a request that nobody answers. */
    public static final int ONEWAY_FLAG = 2;

    /** Code of the announcement that a server leaves, and of the answer that refuses a request. */
    public static final int GO_AWAY = 1500;

    /** Code of the first request of a connection, by which a client says that it knows the rest. */
    public static final int HELLO = 1501;

    /** Code of the request, from either end, that asks whether the other one is alive. */
    public static final int PING = 1502;

    /** Longest frame, length word included, that peers accept by default. */
    static final int MAX_LENGTH = 16 * 1024 * 1024;

    private static final int DEFAULT_VERSION = 515;
    private static final int BINARY_FIXED_LENGTH = 21;
    private static final String FEATURES = "goAway,ping";
    private static final List<String> LANGUAGES = List.of(
            "JAVA", "CPP", "DOTNET", "PYTHON", "DELPHI", "ERLANG", "RUBY", "OTHER", "HTTP", "GO", "PHP", "OMS", "RUST", "NODE_JS");

    /** Format of the header. */
    public enum Serialization {
        /** T = 0, a JSON object. */
        JSON(0),
        /** T = 1, the compact binary header; carries code and version in 16 bits. */
        ROCKETMQ(1);

        private final int type;

        Serialization(int type) {
            this.type = type;
        }
    }

    private final int code;
    private final int flag;
    private final int opaque;
    private final int version;
    private final @Nullable String language;
    private final @Nullable String remark;
    private final @Nullable Map<String, String> extFields;
    private final byte[] body;
    private final Serialization serialization;

    private Frame(
            int code,
            int flag,
            int opaque,
            int version,
            @Nullable String language,
            @Nullable String remark,
            @Nullable Map<String, String> extFields,
            byte[] body,
            Serialization serialization) {
        this.code = code;
        this.flag = flag;
        this.opaque = opaque;
        this.version = version;
        this.language = language;
        this.remark = remark;
        this.extFields = extFields == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(extFields));
        this.body = body.clone();
        this.serialization = serialization;
    }

    private static Frame withFlag(int code, int flag) {
        return new Frame(code, flag, 0, DEFAULT_VERSION, "JAVA", null, null, new byte[0], Serialization.JSON);
    }

    /** Returns a request that wants an answer. */
    public static Frame request(int code) {
        return withFlag(code, 0);
    }

    /** Returns a request that nobody answers. */
    public static Frame oneway(int code) {
        return withFlag(code, ONEWAY_FLAG);
    }

    /** Returns an answer to {@code request}: its opaque, and the same header format. */
    public static Frame response(Frame request, int code) {
        return withFlag(code, RESPONSE_FLAG).withOpaque(request.opaque).withSerialization(request.serialization);
    }

    /** Returns the first frame of a client that knows GO_AWAY and PING. */
    public static Frame hello() {
        return request(HELLO).withExt("features", FEATURES);
    }

    /** Returns the answer to {@code hello} of a server that knows GO_AWAY and PING and allows what servers allow by default. */
    public static Frame helloAnswer(Frame hello) {
        return response(hello, 0)
                .withExt("features", FEATURES)
                .withExt("minPingIntervalMillis", "5000")
                .withExt("maxIdleMillis", "120000");
    }

    /**
     * Returns the announcement of a server that leaves. The client then uses another connection, and ends this one when nothing is pending on
     * it.
     *
     * @param graceMillis how long the server will read on; its address is expected back for at least as long
     */
    public static Frame goAway(long graceMillis) {
        return oneway(GO_AWAY).withExt("reason", "shutdown").withExt("graceMillis", Long.toString(graceMillis));
    }

    /** Returns the answer of a server that leaves to a request that it has not executed and never will. */
    public static Frame refusal(Frame request) {
        return response(request, GO_AWAY).withRemark("please go away");
    }

    /** Returns the request code, or in a response the result code. */
    public int code() {
        return code;
    }

    /** Returns the flag bits as they are on the wire. */
    public int flag() {
        return flag;
    }

    /** Returns the number that ties a response to its request. */
    public int opaque() {
        return opaque;
    }

    /** Returns the ordinal of the sender's release. */
    public int version() {
        return version;
    }

    /** Returns the name of the sender's language; null means that none was given, or a binary header carried an unassigned number. */
    public @Nullable String language() {
        return language;
    }

    /** Returns the remark; null means none, which a binary header cannot tell from an empty one. */
    public @Nullable String remark() {
        return remark;
    }

    /** Returns the ext fields, unmodifiable and in wire order; null means none, which a binary header cannot tell from an empty map. */
    public @Nullable Map<String, String> extFields() {
        return extFields;
    }

    /** Returns the value of one ext field, or null. */
    public @Nullable String ext(String name) {
        return extFields == null ? null : extFields.get(name);
    }

    /** Returns a copy of the body; empty means none, the wire has one form for both. */
    public byte[] body() {
        return body.clone();
    }

    /** Returns the format of the header. */
    public Serialization serialization() {
        return serialization;
    }

    /** Returns whether bit 0 of the flag is set; it decides, whatever the other bits say. */
    public boolean isResponse() {
        return (flag & RESPONSE_FLAG) != 0;
    }

    /** Returns whether this is a request that nobody answers. */
    public boolean isOneway() {
        return !isResponse() && (flag & ONEWAY_FLAG) != 0;
    }

    /** Returns a copy with this flag; any bits are carried. */
    public Frame withFlag(int newFlag) {
        return new Frame(code, newFlag, opaque, version, language, remark, extFields, body, serialization);
    }

    /** Returns a copy with this opaque. */
    public Frame withOpaque(int newOpaque) {
        return new Frame(code, flag, newOpaque, version, language, remark, extFields, body, serialization);
    }

    /** Returns a copy with this version. */
    public Frame withVersion(int newVersion) {
        return new Frame(code, flag, opaque, newVersion, language, remark, extFields, body, serialization);
    }

    /** Returns a copy with this language; null leaves the field out of a JSON header. */
    public Frame withLanguage(@Nullable String newLanguage) {
        return new Frame(code, flag, opaque, version, newLanguage, remark, extFields, body, serialization);
    }

    /** Returns a copy with this remark; null means none. */
    public Frame withRemark(@Nullable String newRemark) {
        return new Frame(code, flag, opaque, version, language, newRemark, extFields, body, serialization);
    }

    /** Returns a copy with exactly these ext fields; null means none. */
    public Frame withExtFields(@Nullable Map<String, String> newExtFields) {
        return new Frame(code, flag, opaque, version, language, remark, newExtFields, body, serialization);
    }

    /** Returns a copy in which one ext field is added or replaced. */
    public Frame withExt(String name, String value) {
        Map<String, String> fields = extFields == null ? new LinkedHashMap<>() : new LinkedHashMap<>(extFields);
        fields.put(name, value);
        return withExtFields(fields);
    }

    /** Returns a copy with a copy of this body; empty means none. */
    public Frame withBody(byte[] newBody) {
        return new Frame(code, flag, opaque, version, language, remark, extFields, newBody, serialization);
    }

    /** Returns a copy whose header is written in this format. */
    public Frame withSerialization(Serialization newSerialization) {
        return new Frame(code, flag, opaque, version, language, remark, extFields, body, newSerialization);
    }

    /**
     * Returns the whole frame, length word first.
     *
     * @throws IllegalArgumentException if the binary header cannot carry the code, the version, the language or a key
     */
    public byte[] encode() {
        byte[] header = serialization == Serialization.JSON ? encodeJson() : encodeBinary();
        return ByteBuffer.allocate(8 + header.length + body.length)
                .putInt(4 + header.length + body.length)
                .putInt(serialization.type << 24 | header.length)
                .put(header)
                .put(body)
                .array();
    }

    /**
     * Reads exactly one whole frame, length word first.
     *
     * @throws IllegalArgumentException if the bytes are anything else
     */
    public static Frame decode(byte[] frame) {
        ByteBuffer in = ByteBuffer.wrap(frame);
        require(frame.length >= 8, "a frame has at least 8 bytes, not " + frame.length);
        int length = in.getInt();
        require(length == in.remaining(), "the length word says " + length + ", " + in.remaining() + " bytes follow it");
        int word = in.getInt();
        int type = word >>> 24;
        int headerLength = word & 0xFFFFFF;
        require(type == Serialization.JSON.type || type == Serialization.ROCKETMQ.type, "header format " + type + " is unassigned");
        require(headerLength <= in.remaining(), "the header claims " + headerLength + " bytes, " + in.remaining() + " are left");
        byte[] body = Arrays.copyOfRange(frame, 8 + headerLength, frame.length);
        if (type == Serialization.JSON.type) {
            return decodeJson(Arrays.copyOfRange(frame, 8, 8 + headerLength), body);
        }
        try {
            return decodeBinary(in.slice(8, headerLength), body);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the binary header of " + headerLength + " bytes ends within a field", e);
        }
    }

    private byte[] encodeJson() {
        StringBuilder out = new StringBuilder("{\"code\":").append(code);
        if (extFields != null) {
            out.append(",\"extFields\":{");
            String separator = "";
            for (Map.Entry<String, String> field : extFields.entrySet()) {
                out.append(separator);
                HeaderJson.quote(field.getKey(), out);
                out.append(':');
                HeaderJson.quote(field.getValue(), out);
                separator = ",";
            }
            out.append('}');
        }
        out.append(",\"flag\":").append(flag);
        if (language != null) {
            out.append(",\"language\":");
            HeaderJson.quote(language, out);
        }
        out.append(",\"opaque\":").append(opaque);
        if (remark != null) {
            out.append(",\"remark\":");
            HeaderJson.quote(remark, out);
        }
        out.append(",\"serializeTypeCurrentRPC\":\"JSON\",\"version\":").append(version).append('}');
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Frame decodeJson(byte[] header, byte[] body) {
        HeaderJson json = HeaderJson.parse(header);
        return new Frame(
                json.requiredInt("code"),
                json.optionalInt("flag", 0),
                json.requiredInt("opaque"),
                json.optionalInt("version", 0),
                json.text("language"),
                json.text("remark"),
                json.texts("extFields"),
                body,
                Serialization.JSON);
    }

    private byte[] encodeBinary() {
        require(code == (short) code, "code " + code + " does not fit the 16 bits of the binary header");
        require(version == (short) version, "version " + version + " does not fit the 16 bits of the binary header");
        int languageCode = language == null ? -1 : LANGUAGES.indexOf(language);
        require(languageCode >= 0, "language " + language + " has no number for the binary header");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(code);
            out.writeByte(languageCode);
            out.writeShort(version);
            out.writeInt(opaque);
            out.writeInt(flag);
            byte[] remarkBytes = utf8(remark == null ? "" : remark);
            out.writeInt(remarkBytes.length);
            out.write(remarkBytes);
            byte[] ext = encodeExtArea();
            out.writeInt(ext.length);
            out.write(ext);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private byte[] encodeExtArea() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (extFields != null) {
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                for (Map.Entry<String, String> field : extFields.entrySet()) {
                    byte[] key = utf8(field.getKey());
                    require(
                            key.length > 0 && key.length <= Short.MAX_VALUE,
                            "the binary header carries no key of " + key.length + " bytes");
                    out.writeShort(key.length);
                    out.write(key);
                    byte[] value = utf8(field.getValue());
                    out.writeInt(value.length);
                    out.write(value);
                }
            }
        }
        return bytes.toByteArray();
    }

    private static Frame decodeBinary(ByteBuffer in, byte[] body) {
        require(in.remaining() >= BINARY_FIXED_LENGTH, "a binary header has at least 21 bytes, not " + in.remaining());
        int code = in.getShort();
        int languageCode = in.get() & 0xFF;
        int version = in.getShort();
        int opaque = in.getInt();
        int flag = in.getInt();
        String remark = take(in, in.getInt(), "remark");
        int extLength = in.getInt();
        require(extLength == in.remaining(), "the ext area claims " + extLength + " bytes, " + in.remaining() + " are left");
        Map<String, String> fields = new LinkedHashMap<>();
        while (in.hasRemaining()) {
            String key = take(in, in.getShort(), "key");
            require(!key.isEmpty(), "a key is empty");
            fields.put(key, take(in, in.getInt(), "value"));
        }
        return new Frame(
                code,
                flag,
                opaque,
                version,
                languageCode < LANGUAGES.size() ? LANGUAGES.get(languageCode) : null,
                remark.isEmpty() ? null : remark,
                fields.isEmpty() ? null : fields,
                body,
                Serialization.ROCKETMQ);
    }

    private static String take(ByteBuffer in, int length, String what) {
        require(length >= 0 && length <= in.remaining(), "a " + what + " claims " + length + " bytes, " + in.remaining() + " are left");
        byte[] text = new byte[length];
        in.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Frames are equal if all that is on the wire is, except for the order of ext fields. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Frame that
                && code == that.code
                && flag == that.flag
                && opaque == that.opaque
                && version == that.version
                && Objects.equals(language, that.language)
                && Objects.equals(remark, that.remark)
                && Objects.equals(extFields, that.extFields)
                && Arrays.equals(body, that.body)
                && serialization == that.serialization;
    }

    @Override
    public int hashCode() {
        return 31 * code + opaque;
    }

    /** For failure messages; the body is given by its length. */
    @Override
    public String toString() {
        String kind = isResponse() ? "response" : isOneway() ? "oneway" : "request";
        return kind + "[code=" + code + ", opaque=" + opaque + ", flag=" + flag + ", version=" + version + ", language=" + language
                + ", remark=" + remark + ", ext=" + extFields + ", body=" + body.length + " bytes, " + serialization + "]";
    }
}
