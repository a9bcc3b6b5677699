package io.longlink.remoting.benchmarks.codec;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A request with five header fields and a body: written into a buffer that is used again and again, and read from
 * one, which is direct, as a socket's is. Both read the same frame.
 *
 * <p>The commands to be written are used again too. That is to RocketMQ's advantage: the map that it fills from the header
 * object is there already. A heap of fixed size and a collector without threads keep a busy machine out of the figures.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {
            "-Xms512m",
            "-Xmx512m",
            "-Xmn384m",
            "-XX:+UseSerialGC",
            "-XX:+AlwaysPreTouch",
            "-Djmh.executor=CUSTOM",
            "-Djmh.executor.class=io.longlink.remoting.benchmarks.codec.NettyThreads"
        })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init")
public class CodecBenchmark {
    private static final int CODE = 100;
    private static final int LENGTH_FIELD_LENGTH = 4;

    @Param({"ROCKETMQ", "JSON"})
    private String header;

    /** Bytes of body; 0 is none. */
    @Param("128")
    private int bodyLength;

    private RemotingCommand ours;
    private org.apache.rocketmq.remoting.protocol.RemotingCommand theirs;
    private ByteBuf out;
    private ByteBuf in;
    private int extFieldsLength;

    @Setup
    public void prepare() throws Exception {
        ours = RemotingCommand.createRequestCommand(CODE, LonglinkHeader.sample());
        ours.setSerializeTypeCurrentRPC(SerializeType.valueOf(header));
        ours.setBody(bodyLength == 0 ? null : new byte[bodyLength]);
        theirs = org.apache.rocketmq.remoting.protocol.RemotingCommand.createRequestCommand(CODE, RocketMqHeader.sample());
        theirs.setSerializeTypeCurrentRPC(org.apache.rocketmq.remoting.protocol.SerializeType.valueOf(header));
        theirs.setBody(bodyLength == 0 ? null : new byte[bodyLength]);
        out = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
        in = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
        ours.encode(in);
        in.skipBytes(LENGTH_FIELD_LENGTH).discardReadBytes();
        Map<String, String> fields = Objects.requireNonNull(RemotingCommand.decode(in.duplicate()).getExtFields());
        extFieldsLength = 0;
        fields.forEach((key, value) -> extFieldsLength += Short.BYTES + key.length() + Integer.BYTES + value.length());
        if (!decodeHeaderLonglink().isComplete() || !decodeHeaderRocketMq().isComplete()) {
            throw new IllegalStateException("a field is missing");
        }
    }

    @TearDown
    public void release() {
        out.release();
        in.release();
    }

    @Benchmark
    public ByteBuf encodeLonglink() throws Exception {
        out.clear();
        ours.encode(out);
        return out;
    }

    @Benchmark
    public ByteBuf encodeRocketMq() {
        out.clear();
        theirs.fastEncodeHeader(out);
        byte[] body = theirs.getBody();
        if (body != null) {
            out.writeBytes(body);
        }
        return out;
    }

    /** Nobody asks for the ext fields. */
    @Benchmark
    public RemotingCommand decodeLonglink() throws Exception {
        in.readerIndex(0);
        return RemotingCommand.decode(in);
    }

    @Benchmark
    public org.apache.rocketmq.remoting.protocol.RemotingCommand decodeRocketMq() throws Exception {
        in.readerIndex(0);
        return org.apache.rocketmq.remoting.protocol.RemotingCommand.decode(in);
    }

    @Benchmark
    public LonglinkHeader decodeHeaderLonglink() throws Exception {
        in.readerIndex(0);
        return RemotingCommand.decode(in).decodeCommandCustomHeader(LonglinkHeader.class);
    }

    @Benchmark
    public RocketMqHeader decodeHeaderRocketMq() throws Exception {
        in.readerIndex(0);
        return org.apache.rocketmq.remoting.protocol.RemotingCommand.decode(in).decodeCommandCustomHeader(RocketMqHeader.class);
    }

    /** What no decoder can do without: the body and the ext fields out of the buffer that the next read will fill. */
    @Benchmark
    public void decodeFloor(Blackhole blackhole) {
        byte[] extFields = new byte[extFieldsLength];
        in.getBytes(0, extFields);
        blackhole.consume(extFields);
        if (bodyLength > 0) {
            byte[] body = new byte[bodyLength];
            in.getBytes(in.writerIndex() - bodyLength, body);
            blackhole.consume(body);
        }
    }
}
