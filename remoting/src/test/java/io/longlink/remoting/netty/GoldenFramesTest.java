package io.longlink.remoting.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.alibaba.fastjson2.JSONObject;
import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames made by RocketMQ's own encoder: ours must read them all, and write the same bytes where they are determined. */
final class GoldenFramesTest {
    private static final String FILE = "vectors.jsonl";

    @Test
    void goldenFrames_readInEveryPieceAndWritten_areTheCommandsAndTheBytes() {
        List<String> failures = new ArrayList<>();
        List<JSONObject> vectors = WireFiles.read(FILE);
        for (JSONObject vector : vectors) {
            try {
                byte[] written = vector.getBooleanValue("decodeOnly") ? null : checkWriting(vector);
                checkReading(vector, written);
            } catch (AssertionError | Exception e) {
                failures.add(vector.getString("name") + ": " + e);
            }
        }
        System.out.println("frames: " + vectors.size() + " golden");
        assertTrue(!vectors.isEmpty(), "no frames");
        assertTrue(failures.isEmpty(), () -> failures.size() + " of " + vectors.size() + " failed:\n" + String.join("\n", failures));
    }

    /** The bytes our encoder makes of the command, null if it rightly refuses it. */
    private static byte[] checkWriting(JSONObject vector) throws Exception {
        JSONObject fields = vector.getJSONObject("command");
        SerializeType type = SerializeType.valueOf(vector.getString("serializeType"));
        if (type == SerializeType.ROCKETMQ && (isWide(fields.getIntValue("code")) || isWide(fields.getIntValue("version")))) {
            checkRefusal(CommandFields.build(fields, type));
            return null;
        }
        byte[] direct = write(CommandFields.build(fields, type), true);
        assertArrayEquals(direct, write(CommandFields.build(fields, type), false), "heap and direct buffers");
        if (vector.getBooleanValue("orderMatters")) {
            checkBytes(vector, direct);
        }
        checkOwnFrame(fields, type, direct);
        return direct;
    }

    private static boolean isWide(int value) {
        return value != (short) value;
    }

    private static void checkRefusal(RemotingCommand command) {
        ByteBuf out = UnpooledByteBufAllocator.DEFAULT.heapBuffer();
        try {
            out.writeInt(42);
            RemotingCommandException refusal = assertThrows(RemotingCommandException.class, () -> command.encode(out));
            assertEquals(Outcome.NOT_SENT, refusal.outcome());
            assertEquals(4, out.writerIndex(), "bytes left behind by a refused command");
        } finally {
            out.release();
        }
    }

    /** What we write must read back as the command, up to what the format itself cannot say. */
    private static void checkOwnFrame(JSONObject fields, SerializeType type, byte[] frame) throws Exception {
        JSONObject expected = fields.clone();
        if ("".equals(expected.getString("bodyHex"))) {
            expected.put("bodyHex", null);
        }
        if (type == SerializeType.ROCKETMQ) {
            if ("".equals(expected.getString("remark"))) {
                expected.put("remark", null);
            }
            if (expected.getJSONObject("extFields") != null && expected.getJSONObject("extFields").isEmpty()) {
                expected.put("extFields", null);
            }
        }
        byte[] content = new byte[frame.length - 4];
        System.arraycopy(frame, 4, content, 0, content.length);
        assertEquals("", CommandFields.difference(expected, RemotingCommand.decode(content)), "own frame read back");
    }

    private static byte[] write(RemotingCommand command, boolean direct) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(direct, true);
        EmbeddedChannel channel = new EmbeddedChannel(new NettyEncoder());
        channel.config().setAllocator(allocator);
        assertTrue(channel.writeOutbound(command));
        ByteBuf frame = channel.readOutbound();
        byte[] bytes = ByteBufUtil.getBytes(frame);
        frame.release();
        channel.finish();
        assertEquals(0, allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory(), "encoder left buffers");
        return bytes;
    }

    private static void checkBytes(JSONObject vector, byte[] frame) throws Exception {
        String hex = vector.getString("frameHex");
        if (hex != null) {
            assertEquals(hex, HexFormat.of().formatHex(frame), "frame");
        }
        assertEquals(vector.getIntValue("frameLength"), frame.length, "frameLength");
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(frame);
        assertEquals(vector.getString("frameSha256"), HexFormat.of().formatHex(digest), "frameSha256");
    }

    private static void checkReading(JSONObject vector, byte[] written) throws Exception {
        String hex = vector.getString("frameHex");
        byte[] frame = hex == null ? written : HexFormat.of().parseHex(hex);
        assertTrue(frame != null, "neither frameHex nor a way to make the frame");
        checkBytes(vector, frame);
        JSONObject expected = vector.getJSONObject("command").clone();
        JSONObject differently = vector.getJSONObject(vector.containsKey("preferredDecode") ? "preferredDecode" : "decodesDifferently");
        if (differently != null) {
            expected.putAll(differently);
        }
        SerializeType type = SerializeType.valueOf(vector.getString("serializeType"));
        for (int[] cuts : DecoderHarness.waysToCut(frame.length)) {
            checkReading(frame, cuts, false, expected, type);
            checkReading(frame, cuts, true, expected, type);
        }
    }

    private static void checkReading(byte[] frame, int[] cuts, boolean direct, JSONObject expected, SerializeType type) {
        try (DecoderHarness harness = new DecoderHarness(direct, new NettyDecoder())) {
            harness.feed(frame, cuts);
            assertEquals(List.of(), harness.errors);
            assertEquals(1, harness.commands.size(), "commands");
            RemotingCommand command = harness.commands.get(0);
            assertEquals("", CommandFields.difference(expected, command), "command");
            assertEquals(type, command.getSerializeTypeCurrentRPC());
            assertEquals(0, harness.memory(), "bytes kept behind a whole frame");
        }
    }
}
