package io.longlink.remoting.protocol;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One request or response. A mutable value without identity; not thread-safe, and must not be changed once it was handed to a client, a
 * server or a channel.
 *
 * <p>As a frame (PROTOCOL section 1), integers big-endian:
 *
 * <pre>
 * offset  size  field
 *      0     4  L = 4 + H + B, what follows this word
 *      4     1  serialize type
 *      5     3  H, unsigned
 *      8     H  header, its form given by the serialize type
 *    8+H     B  body, opaque bytes
 * </pre>
 *
 * <p>Version and serialize type are unset in a new command. {@link #applyDefaults} fills them from the configuration of the
 * endpoint that sends the command, unless the caller chose before; a decoded command has the ones it came with. A body of no
 * bytes and no body are the same on the wire, and are read as no body.
 */
public final class RemotingCommand {
    /**
     * Most bytes of a header, when reading and when writing: 2 MiB. RocketMQ has no limit but the frame's 16 MiB; the longest
     * header in ordinary use is a message's properties, below 32 KiB.
     */
    public static final int MAX_HEADER_LENGTH = 2 * 1024 * 1024;

    /** Most ext fields of a command, when reading (repeated keys counted each time) and when writing. */
    public static final int MAX_EXT_FIELDS = 1024;

    private static final int RESPONSE_BIT = 1;
    private static final int ONEWAY_BIT = 2;
    private static final int LENGTH_FIELD_LENGTH = 4;
    private static final int PREFIX_LENGTH = 8;
    private static final String UNFILLED_REMARK = "the response was never filled in";

    private static final AtomicReferenceFieldUpdater<RemotingCommand, @Nullable Object> EXT_FIELDS =
            AtomicReferenceFieldUpdater.newUpdater(RemotingCommand.class, Object.class, "extFields");

    private int code;
    private LanguageCode language = LanguageCode.JAVA;
    private int version;
    private boolean versionChosen;
    private int opaque;
    private int flag;
    private @Nullable String remark;
    private byte @Nullable [] body;
    private @Nullable SerializeType serializeType;
    private @Nullable CommandCustomHeader customHeader;

    /**
     * The ext fields: null, a map, or {@link PackedExtFields} that nobody has asked for since they were read. Volatile because
     * several threads may ask at a time; they get the same map.
     */
    private volatile @Nullable Object extFields;

    private RemotingCommand(int code) {
        this.code = code;
        this.opaque = OpaqueSequence.next();
    }

    /** A decoded header, its ext fields {@linkplain PackedExtFields packed}. */
    RemotingCommand(
            SerializeType serializeType,
            int code,
            LanguageCode language,
            int version,
            int opaque,
            int flag,
            @Nullable String remark,
            byte @Nullable [] extFields) {
        this.serializeType = serializeType;
        this.code = code;
        this.language = language;
        this.version = version;
        this.versionChosen = true;
        this.opaque = opaque;
        this.flag = flag;
        this.remark = remark;
        if (extFields != null) {
            EXT_FIELDS.lazySet(this, extFields);
        }
    }

    // ---------------------------------------------------------------------------------------------------------------- creation

    /**
     * Creates a request with an opaque of its own.
     *
     * @param code see {@link RequestCode}
     * @param customHeader its typed parameters, null if it has none
     */
    public static RemotingCommand createRequestCommand(int code, @Nullable CommandCustomHeader customHeader) {
        RemotingCommand command = new RemotingCommand(code);
        command.customHeader = customHeader;
        return command;
    }

    /**
     * Creates a response; the server gives it the opaque of the request it answers.
     *
     * @param code see {@link ResponseCode}
     * @param remark words for people, null for none
     */
    public static RemotingCommand createResponseCommand(int code, @Nullable String remark) {
        RemotingCommand command = new RemotingCommand(code);
        command.markResponseType();
        command.remark = remark;
        return command;
    }

    /**
     * Creates a response with an empty header to fill in. Until a code is set it reports a system error, so that forgetting to
     * is noticed.
     *
     * @throws IllegalArgumentException if the class cannot be instantiated
     */
    public static RemotingCommand createResponseCommand(Class<? extends CommandCustomHeader> headerClass) {
        return createResponseCommand(ResponseCode.SYSTEM_ERROR, UNFILLED_REMARK, headerClass);
    }

    /**
     * Creates a response with an empty header to fill in, which {@link #readCustomHeader()} returns.
     *
     * @throws IllegalArgumentException if the class cannot be instantiated
     */
    public static RemotingCommand createResponseCommand(
            int code, @Nullable String remark, @Nullable Class<? extends CommandCustomHeader> headerClass) {
        RemotingCommand command = createResponseCommand(code, remark);
        if (headerClass != null) {
            try {
                command.customHeader = CustomHeaderMapping.of(headerClass).newInstance();
            } catch (RemotingCommandException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }
        return command;
    }

    /** Creates a response with a filled header. */
    public static RemotingCommand createResponseCommandWithHeader(int code, @Nullable CommandCustomHeader customHeader) {
        RemotingCommand command = createResponseCommand(code, null);
        command.customHeader = customHeader;
        return command;
    }

    /** Creates a response that tells of a failure. */
    public static RemotingCommand buildErrorResponse(int code, @Nullable String remark) {
        return createResponseCommand(code, remark);
    }

    /** Draws the next number of the process's opaque sequence. Thread-safe; wraps; every int is legal. */
    public static int createNewRequestId() {
        return OpaqueSequence.next();
    }

    /**
     * Copies everything but the opaque, of which the copy gets a new one: code, flags, language, version, serialize type,
     * remark, ext fields, body and custom header. What is unset stays unset. The body's bytes and the header object are shared,
     * the ext fields are not.
     */
    public RemotingCommand copyForRetry() {
        RemotingCommand copy = new RemotingCommand(code);
        copy.language = language;
        copy.version = version;
        copy.versionChosen = versionChosen;
        copy.flag = flag;
        copy.remark = remark;
        copy.extFields = extFields instanceof byte[] packed ? packed : copyOf(getExtFields());
        copy.body = body;
        copy.serializeType = serializeType;
        copy.customHeader = customHeader;
        return copy;
    }

    /** Fills version and serialize type where neither the caller nor the decoder chose one; the other one is left alone. */
    public void applyDefaults(int version, SerializeType type) {
        Objects.requireNonNull(type, "type");
        if (!versionChosen) {
            setVersion(version);
        }
        if (serializeType == null) {
            serializeType = type;
        }
    }

    // ---------------------------------------------------------------------------------------------------------------- writing

    /**
     * Appends the whole frame to a buffer, straight, without a buffer in between.
     *
     * @throws RemotingCommandException NOT_SENT if the command cannot be written for whatever reason; the buffer's writer index
     *     is then where it was
     */
    public void encode(ByteBuf out) throws RemotingCommandException {
        byte[] content = body;
        int start = out.writerIndex();
        boolean complete = false;
        try {
            writePrefixAndHeader(out, content == null ? 0 : content.length);
            if (content != null) {
                out.writeBytes(content);
            }
            complete = true;
        } catch (RuntimeException e) {
            throw new RemotingCommandException("command " + code + " cannot be written: " + e.getMessage(), e, Outcome.NOT_SENT);
        } finally {
            if (!complete) {
                out.writerIndex(start);
            }
        }
    }

    /**
     * Writes the whole frame.
     *
     * @return a buffer of its own, ready to be read
     * @throws RemotingCommandException NOT_SENT if the command cannot be written
     */
    public ByteBuffer encode() throws RemotingCommandException {
        ByteBuf out = Unpooled.buffer();
        try {
            encode(out);
            return ByteBuffer.wrap(ByteBufUtil.getBytes(out));
        } finally {
            out.release();
        }
    }

    /** Does what {@link #encodeHeader(int)} does, for the body this command has. */
    public ByteBuffer encodeHeader() throws RemotingCommandException {
        byte[] content = body;
        return encodeHeader(content == null ? 0 : content.length);
    }

    /**
     * Writes the frame up to its body, for senders that transfer the body by other means, for example as a file region.
     *
     * @param bodyLength bytes of body that will follow, counted in the frame's length; this command's own body is ignored
     * @return a buffer of its own, ready to be read
     * @throws RemotingCommandException NOT_SENT if the command cannot be written
     */
    public ByteBuffer encodeHeader(int bodyLength) throws RemotingCommandException {
        if (bodyLength < 0) {
            throw new IllegalArgumentException("bodyLength must be 0 or more bytes: " + bodyLength);
        }
        ByteBuf out = Unpooled.buffer();
        try {
            writePrefixAndHeader(out, bodyLength);
            return ByteBuffer.wrap(ByteBufUtil.getBytes(out));
        } catch (RuntimeException e) {
            throw new RemotingCommandException("command " + code + " cannot be written: " + e.getMessage(), e, Outcome.NOT_SENT);
        } finally {
            out.release();
        }
    }

    private void writePrefixAndHeader(ByteBuf out, int bodyLength) throws RemotingCommandException {
        CustomHeaderMapping mapping = mappingOfAllExtFields();
        if (mapping == null) {
            makeCustomHeaderToNet();
            Map<String, String> fields = getExtFields();
            if (fields != null && fields.size() > MAX_EXT_FIELDS) {
                throw refused(fields.size() + " ext fields are more than " + MAX_EXT_FIELDS);
            }
        }
        SerializeType type = getSerializeTypeCurrentRPC();
        int start = out.writerIndex();
        out.writeLong(0);
        switch (type) {
            case JSON -> JsonHeaderCodec.write(this, mapping, out);
            case ROCKETMQ -> RocketMqHeaderCodec.write(this, mapping, out);
        }
        int headerLength = out.writerIndex() - start - PREFIX_LENGTH;
        if (headerLength > MAX_HEADER_LENGTH) {
            throw refused("a header of " + headerLength + " bytes is longer than " + MAX_HEADER_LENGTH);
        }
        long length = (long) PREFIX_LENGTH - LENGTH_FIELD_LENGTH + headerLength + bodyLength;
        if (length > Integer.MAX_VALUE) {
            throw refused("a body of " + bodyLength + " bytes does not fit a frame");
        }
        out.setInt(start, (int) length);
        out.setInt(start + LENGTH_FIELD_LENGTH, (type.getCode() << 24) | headerLength);
    }

    /** {@return how to write the header object without a map, if there are no other ext fields than its; else null} */
    private @Nullable CustomHeaderMapping mappingOfAllExtFields() {
        CommandCustomHeader header = customHeader;
        Map<String, String> fields = header == null ? null : getExtFields();
        if (header == null || (fields != null && !fields.isEmpty())) {
            return null;
        }
        CustomHeaderMapping mapping = CustomHeaderMapping.of(header.getClass());
        return mapping.fitsFrame() ? mapping : null;
    }

    private RemotingCommandException refused(String why) {
        return new RemotingCommandException("command " + code + " cannot be written: " + why, null, Outcome.NOT_SENT);
    }

    // ---------------------------------------------------------------------------------------------------------------- reading

    /**
     * Reads a frame without its length word.
     *
     * @throws RemotingCommandException if the bytes are not one well-formed frame
     */
    public static RemotingCommand decode(byte[] frame) throws RemotingCommandException {
        return decode(Unpooled.wrappedBuffer(frame));
    }

    /**
     * Reads a frame without its length word, from the buffer's position to its limit. The position moves only if that works.
     *
     * @throws RemotingCommandException if the bytes are not one well-formed frame
     */
    public static RemotingCommand decode(ByteBuffer frame) throws RemotingCommandException {
        RemotingCommand command = decode(Unpooled.wrappedBuffer(frame));
        frame.position(frame.limit());
        return command;
    }

    /**
     * Reads a frame without its length word: all readable bytes of the buffer, no others, copying what the command keeps. The
     * reader index moves only if that works; the buffer is not released.
     *
     * @throws RemotingCommandException if the bytes are not one well-formed frame
     */
    public static RemotingCommand decode(ByteBuf frame) throws RemotingCommandException {
        int length = frame.readableBytes();
        if (length < PREFIX_LENGTH - LENGTH_FIELD_LENGTH) {
            throw new RemotingCommandException("malformed frame: " + length + " bytes hold no header word");
        }
        int word = frame.getInt(frame.readerIndex());
        int headerLength = word & 0xFFFFFF;
        int headerIndex = frame.readerIndex() + PREFIX_LENGTH - LENGTH_FIELD_LENGTH;
        int bodyLength = length - (PREFIX_LENGTH - LENGTH_FIELD_LENGTH) - headerLength;
        if (bodyLength < 0) {
            throw new RemotingCommandException("malformed frame: header of " + headerLength + " bytes in a frame of " + length);
        }
        if (headerLength > MAX_HEADER_LENGTH) {
            throw new RemotingCommandException("malformed frame: header of " + headerLength + " bytes is longer than " + MAX_HEADER_LENGTH);
        }
        SerializeType type = SerializeType.valueOf((byte) (word >>> 24));
        if (type == null) {
            throw new RemotingCommandException("malformed frame: unknown serialize type " + (word >>> 24));
        }
        RemotingCommand command = switch (type) {
            case JSON -> JsonHeaderCodec.read(frame, headerIndex, headerLength);
            case ROCKETMQ -> RocketMqHeaderCodec.read(frame, headerIndex, headerLength);
        };
        if (bodyLength > 0) {
            byte[] content = new byte[bodyLength];
            frame.getBytes(headerIndex + headerLength, content);
            command.body = content;
        }
        frame.skipBytes(length);
        return command;
    }

    // ---------------------------------------------------------------------------------------------------------------- custom header

    /**
     * {@return the header object this command was created with or given, null if none} What a peer sent is read by {@link
     * #decodeCommandCustomHeader}.
     */
    public @Nullable CommandCustomHeader readCustomHeader() {
        return customHeader;
    }

    /** Replaces the header object; ext fields that an earlier one has left stay. */
    public void writeCustomHeader(@Nullable CommandCustomHeader customHeader) {
        this.customHeader = customHeader;
    }

    /**
     * Reads the ext fields as a header of the given class, a new one at each call.
     *
     * @throws RemotingCommandException naming class, field and value, if a required field is missing, a value is not of its
     *     type, or the header's own check fails
     */
    public <T extends CommandCustomHeader> T decodeCommandCustomHeader(Class<T> headerClass) throws RemotingCommandException {
        CustomHeaderMapping mapping;
        try {
            mapping = CustomHeaderMapping.of(headerClass);
        } catch (RuntimeException e) {
            throw new RemotingCommandException("header class " + headerClass.getName() + " cannot be used", e);
        }
        Object fields = extFields;
        return headerClass.cast(fields instanceof byte[] packed ? mapping.read(packed) : mapping.read(asMap(fields)));
    }

    /**
     * Copies the header object's fields into the ext fields, over those of the same name. Hooks that look at ext fields call it
     * before; doing it again changes nothing. Encoding writes the same fields by itself, and need not leave them here.
     */
    public void makeCustomHeaderToNet() {
        CommandCustomHeader header = customHeader;
        if (header == null) {
            return;
        }
        CustomHeaderMapping.of(header.getClass()).write(header, mutableExtFields());
    }

    // ---------------------------------------------------------------------------------------------------------------- ext fields

    /** {@return the live ext fields, null if there are none} No key or value is null. */
    public @Nullable Map<String, String> getExtFields() {
        Object fields = extFields;
        if (fields instanceof byte[] packed) {
            EXT_FIELDS.compareAndSet(this, packed, PackedExtFields.toMap(packed));
            fields = extFields;
        }
        return asMap(fields);
    }

    /** Only bytes and maps of strings are ever put there. */
    @SuppressWarnings("unchecked")
    private static @Nullable Map<String, String> asMap(@Nullable Object fields) {
        return (Map<String, String>) fields;
    }

    /** Replaces the ext fields by a copy of these; null removes them. Entries without a value are dropped, as the wire does. */
    public void setExtFields(@Nullable Map<String, String> extFields) {
        if (extFields == null) {
            this.extFields = null;
            return;
        }
        Map<String, String> copy = new HashMap<>();
        extFields.forEach((key, value) -> {
            Objects.requireNonNull(key, "ext field without a name");
            if (value != null) {
                copy.put(key, value);
            }
        });
        this.extFields = copy;
    }

    /**
     * {@return the value of an ext field, null if there is none} Fields of a header object are seen after {@link
     * #makeCustomHeaderToNet()}.
     */
    public @Nullable String getExtField(String key) {
        Map<String, String> fields = getExtFields();
        return fields == null ? null : fields.get(key);
    }

    /** Sets an ext field; a null value removes it. */
    public void addExtField(String key, @Nullable String value) {
        Objects.requireNonNull(key, "key");
        if (value != null) {
            mutableExtFields().put(key, value);
            return;
        }
        Map<String, String> fields = getExtFields();
        if (fields != null) {
            fields.remove(key);
        }
    }

    /** Sets an ext field that has no value yet; a null value changes nothing. */
    public void addExtFieldIfNotExist(String key, @Nullable String value) {
        Objects.requireNonNull(key, "key");
        if (value != null) {
            mutableExtFields().putIfAbsent(key, value);
        }
    }

    private static @Nullable Map<String, String> copyOf(@Nullable Map<String, String> fields) {
        return fields == null ? null : new HashMap<>(fields);
    }

    /** Takes over the map of a decoded header that has ext fields which cannot be {@linkplain PackedExtFields packed}. */
    void takeExtFields(@Nullable Map<String, String> fields) {
        extFields = fields;
    }

    private Map<String, String> mutableExtFields() {
        Map<String, String> fields = getExtFields();
        if (fields == null) {
            fields = new HashMap<>();
            extFields = fields;
        }
        return fields;
    }

    // ---------------------------------------------------------------------------------------------------------------- flag

    /** {@return which kind of command this is} Only bit 0 of the flag counts. */
    public RemotingCommandType getType() {
        return isResponseType() ? RemotingCommandType.RESPONSE_COMMAND : RemotingCommandType.REQUEST_COMMAND;
    }

    /** Sets bit 0 of the flag: a response. */
    public void markResponseType() {
        flag |= RESPONSE_BIT;
    }

    /** {@return whether bit 0 of the flag is set} */
    public boolean isResponseType() {
        return (flag & RESPONSE_BIT) != 0;
    }

    /** Sets bit 1 of the flag: no answer is wanted. */
    public void markOnewayRPC() {
        flag |= ONEWAY_BIT;
    }

    /** {@return whether bit 1 of the flag is set} A response may have it too; that means nothing. */
    public boolean isOnewayRPC() {
        return (flag & ONEWAY_BIT) != 0;
    }

    // ---------------------------------------------------------------------------------------------------------------- plain fields

    public int getCode() {
        return code;
    }

    public void setCode(int code) {
        this.code = code;
    }

    public LanguageCode getLanguage() {
        return language;
    }

    public void setLanguage(LanguageCode language) {
        this.language = Objects.requireNonNull(language, "language");
    }

    /**
     * {@return the sender's version, see {@link MQVersion}} If nobody chose one it is the number in the system property {@code
     * rocketmq.remoting.version}, looked at once per JVM, else 515.
     *
     * @throws IllegalArgumentException if it is unset and that property holds no number
     */
    public int getVersion() {
        return versionChosen ? version : DefaultVersion.get();
    }

    /** Chooses the version; any int is legal, and only 16 bits of it fit a binary header. */
    public void setVersion(int version) {
        this.version = version;
        this.versionChosen = true;
    }

    public int getOpaque() {
        return opaque;
    }

    public void setOpaque(int opaque) {
        this.opaque = opaque;
    }

    public int getFlag() {
        return flag;
    }

    /** Sets all bits; those without a meaning are carried unchanged. */
    public void setFlag(int flag) {
        this.flag = flag;
    }

    public @Nullable String getRemark() {
        return remark;
    }

    /** Sets the words for people; the binary header reads an empty text as null. */
    public void setRemark(@Nullable String remark) {
        this.remark = remark;
    }

    /** {@return the body itself, not a copy; null if there is none} */
    public byte @Nullable [] getBody() {
        return body;
    }

    /** Sets the body without copying it; it must not be changed until the command is written. */
    public void setBody(byte @Nullable [] body) {
        this.body = body;
    }

    /** {@return the form of the header on the wire; JSON if nobody chose one} */
    public SerializeType getSerializeTypeCurrentRPC() {
        SerializeType type = serializeType;
        return type == null ? SerializeType.JSON : type;
    }

    public void setSerializeTypeCurrentRPC(SerializeType serializeType) {
        this.serializeType = Objects.requireNonNull(serializeType, "serializeType");
    }

    /** For logs: everything but the bytes of the body. */
    @Override
    public String toString() {
        return "RemotingCommand[" + getType() + ", code=" + code + ", language=" + language
                + ", version=" + (versionChosen ? String.valueOf(version) : "unset")
                + ", opaque=" + opaque + ", flag=" + Integer.toBinaryString(flag) + ", remark=" + remark + ", extFields=" + getExtFields()
                + ", serializeType=" + (serializeType == null ? "unset" : serializeType.name())
                + ", bodyLength=" + (body == null ? 0 : body.length) + ']';
    }
}
