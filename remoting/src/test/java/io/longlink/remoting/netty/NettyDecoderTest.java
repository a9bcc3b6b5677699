package io.longlink.remoting.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import java.io.ByteArrayOutputStream;
import java.util.List;
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
        RemotingCommand command = RemotingCommand.createRequestCommand(1, null);
        command.setOpaque(opaque);
        command.setSerializeTypeCurrentRPC(type);
        command.setBody(new byte[bodyLength]);
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
