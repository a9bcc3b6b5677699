package io.longlink.remoting.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NettyDecoderTest {
    private static final byte[] BAD_FRAME = {0, 0, 0, 6, 2, 0, 0, 2, '{', '}'};

    @AfterEach
    void restoreProperty() {
        System.clearProperty(NettyDecoder.MAX_FRAME_LENGTH_PROPERTY);
    }

    private static byte[] frame(int opaque, SerializeType type, int bodyLength) throws Exception {
        return frame(opaque, type, new byte[bodyLength]);
    }

    private static byte[] frame(int opaque, SerializeType type, byte[] body) throws Exception {
        RemotingCommand command = RemotingCommand.createRequestCommand(1, null);
        command.setOpaque(opaque);
        command.setSerializeTypeCurrentRPC(type);
        command.setBody(body);
        return command.encode().array();
    }

    private static byte[] joined(byte[]... frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            out.writeBytes(frame);
        }
        return out.toByteArray();
    }

    private static List<Integer> opaques(DecoderHarness harness) {
        return harness.commands.stream().map(RemotingCommand::getOpaque).toList();
    }

    @Test
    void framesOfBothTypes_inOneRead_areDeliveredInOrder() throws Exception {
        byte[] bytes = joined(frame(1, SerializeType.JSON, 0), frame(2, SerializeType.ROCKETMQ, 9), frame(3, SerializeType.JSON, 1));
        for (int[] cuts : DecoderHarness.waysToCut(bytes.length)) {
            try (DecoderHarness harness = new DecoderHarness(true, new NettyDecoder())) {
                harness.feed(bytes, cuts);
                assertEquals(List.of(1, 2, 3), opaques(harness));
                assertEquals(List.of(), harness.errors);
            }
        }
    }

    @Test
    void longFramesAmongShortOnes_inPiecesOfAnyLength_keepEveryByte() throws Exception {
        byte[] body = new byte[40_000];
        new Random(1).nextBytes(body);
        byte[] bytes = joined(
                frame(1, SerializeType.JSON, body),
                frame(2, SerializeType.ROCKETMQ, 9),
                frame(3, SerializeType.ROCKETMQ, body),
                frame(4, SerializeType.JSON, 0),
                frame(5, SerializeType.JSON, body));
        List<int[]> ways = DecoderHarness.waysToCut(bytes.length);
        for (int piece : new int[] {1_000, 4_097, 5_000, 20_000, 65_536}) {
            ways.add(IntStream.rangeClosed(1, bytes.length / piece).map(i -> i * piece).toArray());
        }
        // Small pieces behind large ones, and the other way round.
        ways.add(new int[] {2, 6_000, 6_001, 20_000, 20_010, 20_020, 39_999, 40_190, 40_200, 60_000, 60_001, 60_002});
        for (int[] cuts : ways) {
            try (DecoderHarness harness = new DecoderHarness(true, new NettyDecoder())) {
                harness.feed(bytes, cuts);
                assertEquals(List.of(1, 2, 3, 4, 5), opaques(harness));
                for (int i = 0; i < 5; i += 2) {
                    assertArrayEquals(body, harness.commands.get(i).getBody());
                }
                assertEquals(0, harness.memory());
            }
        }
    }

    @Test
    void badFrame_betweenGoodOnes_endsDeliveryForGood() throws Exception {
        byte[] good = frame(3, SerializeType.JSON, 0);
        byte[] bytes = joined(frame(1, SerializeType.JSON, 0), frame(2, SerializeType.ROCKETMQ, 0), BAD_FRAME, good, BAD_FRAME, good);
        for (int[] cuts : DecoderHarness.waysToCut(bytes.length)) {
            try (DecoderHarness harness = new DecoderHarness(false, new NettyDecoder())) {
                harness.feed(bytes, cuts);
                harness.feed(good, new int[0]);
                harness.feed(BAD_FRAME, new int[0]);
                assertEquals(List.of(1, 2), opaques(harness));
                assertEquals(1, harness.errors.size());
                assertEquals(0, harness.memory());
            }
        }
    }

    @Test
    void limit_countsTheLengthWord() throws Exception {
        try (DecoderHarness harness = new DecoderHarness(true, new NettyDecoder(100))) {
            harness.feed(frame(1, SerializeType.ROCKETMQ, 71), new int[0]);
            assertEquals(1, harness.commands.size());
            harness.feed(new byte[] {0, 0, 0, 97}, new int[0]);
            assertEquals(1, harness.errors.size(), "the length word alone decides");
        }
    }

    @Test
    void connectionEnds_withinAFrame_isNoError() throws Exception {
        DecoderHarness harness = new DecoderHarness(true, new NettyDecoder());
        harness.feed(frame(1, SerializeType.JSON, 10), 0, 20);
        harness.close();
        assertEquals(List.of(), harness.errors);
        assertEquals(List.of(), harness.commands);
    }

    @Test
    void limitProperty_missingOrNumber_isTheLimit() {
        assertEquals(16777216, NettyDecoder.maxFrameLengthFromSystemProperty());
        System.setProperty(NettyDecoder.MAX_FRAME_LENGTH_PROPERTY, "33554432");
        assertEquals(33554432, NettyDecoder.maxFrameLengthFromSystemProperty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"16M", "0", "7", "-1", "99999999999"})
    void limitProperty_badValue_isNamed(String value) {
        System.setProperty(NettyDecoder.MAX_FRAME_LENGTH_PROPERTY, value);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, NettyDecoder::maxFrameLengthFromSystemProperty);
        assertTrue(e.getMessage().contains("com.rocketmq.remoting.frameMaxLength") && e.getMessage().contains(value), e.getMessage());
    }
}
