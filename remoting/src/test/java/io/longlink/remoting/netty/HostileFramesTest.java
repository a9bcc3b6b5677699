package io.longlink.remoting.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.alibaba.fastjson2.JSONArray;
import com.alibaba.fastjson2.JSONObject;
import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames that are broken, hostile or merely odd: refused, waited for or accepted as the wire files say, however they are cut. */
final class HostileFramesTest {
    private static final String FILE = "malformed.jsonl";
    private static final byte[] GOOD_FRAME = HexFormat.of().parseHex("0000001901000015" + "002200020300000007" + "000000000000000000000000");

    /** Memory that does not depend on a length on the wire: what was fed, rounded up by a growing buffer, and some. */
    private static final long SMALL = 4096;

    @Test
    void hostileFrames_fedInEveryPiece_endAsTheFileSays() {
        List<String> failures = new ArrayList<>();
        List<JSONObject> lines = WireFiles.read(FILE);
        for (JSONObject line : lines) {
            try {
                check(line);
            } catch (AssertionError | Exception e) {
                failures.add(line.getString("name") + ": " + e);
            }
        }
        System.out.println("frames: " + lines.size() + " hostile");
        assertTrue(!lines.isEmpty(), "no frames");
        assertTrue(failures.isEmpty(), () -> failures.size() + " of " + lines.size() + " failed:\n" + String.join("\n", failures));
    }

    private static void check(JSONObject line) throws Exception {
        byte[] frame = WireFiles.hostileFrame(line);
        assertEquals(line.getIntValue("frameLength"), frame.length, "frameLength");
        String first = null;
        for (int[] cuts : DecoderHarness.waysToCut(frame.length)) {
            for (boolean direct : new boolean[] {false, true}) {
                String outcome = feed(line, frame, cuts, direct);
                if (first == null) {
                    first = outcome;
                }
                assertEquals(first, outcome, "depends on the pieces, or on the kind of buffer");
            }
        }
    }

    private static String feed(JSONObject line, byte[] frame, int[] cuts, boolean direct) throws Exception {
        JSONObject expected = line.getJSONObject("expected");
        try (DecoderHarness harness = new DecoderHarness(direct, new NettyDecoder())) {
            harness.feed(frame, cuts);
            switch (expected.getString("action")) {
                case "must_reject", "should_reject" -> {
                    checkRejected(harness);
                    assertEquals(deliveredBeforeRejection(line), harness.commands.size(), "commands delivered");
                }
                case "must_wait" -> {
                    assertEquals(List.of(), harness.errors);
                    assertEquals(List.of(), harness.commands);
                    assertTrue(harness.memory() <= frame.length + SMALL, "memory in use: " + harness.memory());
                }
                case "must_accept" -> checkAccepted(expected.getJSONArray("commands"), harness);
                case "may_either" -> {
                    if (harness.errors.isEmpty()) {
                        assertEquals(1, harness.commands.size(), "neither accepted nor refused");
                    } else {
                        checkRejected(harness);
                        assertEquals(List.of(), harness.commands);
                    }
                }
                default -> fail("unknown action " + expected.getString("action"));
            }
            for (RemotingCommand command : harness.commands) {
                // Whatever was accepted must be good for an answer, and keep its meaning.
                byte[] again = new byte[command.encode().remaining() - 4];
                command.encode().get(4, again);
                assertEquals(command.getOpaque(), RemotingCommand.decode(again).getOpaque());
            }
            return harness.commands + " " + harness.errors;
        }
    }

    private static int deliveredBeforeRejection(JSONObject line) {
        // The one exception that the files' description names.
        return line.getString("name").equals("framing-garbage-after-good-frame") ? 1 : 0;
    }

    private static void checkRejected(DecoderHarness harness) {
        assertEquals(1, harness.errors.size(), "exceptions");
        assertInstanceOf(RemotingCommandException.class, assertInstanceOf(CorruptedFrameException.class, harness.errors.get(0)).getCause());
        int delivered = harness.commands.size();
        harness.feed(GOOD_FRAME, new int[0]);
        assertEquals(delivered, harness.commands.size(), "commands delivered behind a bad frame");
        assertEquals(1, harness.errors.size(), "exceptions behind a bad frame");
        assertEquals(0, harness.memory(), "bytes kept behind a bad frame");
        assertTrue(harness.isOpen(), "the decoder closed");
    }

    private static void checkAccepted(JSONArray commands, DecoderHarness harness) {
        assertEquals(List.of(), harness.errors);
        assertEquals(commands.size(), harness.commands.size(), "commands");
        for (int i = 0; i < commands.size(); i++) {
            assertEquals("", CommandFields.difference(commands.getJSONObject(i), harness.commands.get(i)), "command");
        }
    }
}
