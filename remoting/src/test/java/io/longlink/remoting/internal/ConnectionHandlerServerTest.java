package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.AbortProcessException;
import io.longlink.remoting.DrainReport;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.ResponseFileRegion;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ManualExecutor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a connection does as a server's. */
@ExtendWith(LeakGuard.class)
class ConnectionHandlerServerTest {
    private static final int CODE = 7;
    private static final int UNKNOWN_CODE = 8;

    private static Frame request(int opaque) {
        return Frame.request(CODE).withOpaque(opaque);
    }

    private static Frame oldRequest(int opaque) {
        return request(opaque).withVersion(475);
    }

    private static void assertAnswer(int opaque, int code, Frame answer) {
        assertTrue(answer.isResponse(), answer.toString());
        assertEquals(opaque, answer.opaque(), answer.toString());
        assertEquals(code, answer.code(), answer.toString());
    }

    /** Keeps what it gets, for later answers. */
    private static final class Parking implements NettyRequestProcessor {
        final List<RemotingCommand> requests = new ArrayList<>();
        ChannelHandlerContext context;

        @Override
        public RemotingCommand processRequest(ChannelHandlerContext ctx, RemotingCommand request) {
            context = ctx;
            requests.add(request);
            return null;
        }

        ChannelFuture answer(int opaque, int code) {
            RemotingCommand response = RemotingCommand.createResponseCommand(code, null);
            response.setOpaque(opaque);
            return context.channel().writeAndFlush(response);
        }
    }

    // ---------------------------------------------------------------- requests and answers

    @Test
    void request_ofARegisteredCode_isAnsweredInItsOwnFormat() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.registerEcho(CODE);
            server.receive(request(21), request(22).withSerialization(Frame.Serialization.ROCKETMQ));
            Frame json = server.next();
            Frame binary = server.next();
            assertAnswer(21, 0, json);
            assertAnswer(22, 0, binary);
            assertEquals(Frame.Serialization.JSON, json.serialization());
            assertEquals(Frame.Serialization.ROCKETMQ, binary.serialization());
            assertEquals(515, json.version());
            assertEquals(2, server.count(Counter.REQUESTS_RECEIVED));
            assertEquals(2, server.count(Counter.ANSWERED));
            assertEquals(0, server.count(Counter.EXECUTING));
            assertEquals(List.of("owner: connected"), server.journal);
            server.connection().close(null);
            assertEquals(List.of("CONNECT", "ACTIVE", "CLOSE"), server.events());
        }
    }

    @Test
    void request_ofNobodysCode_isAnsweredUnsupported() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.receive(Frame.request(UNKNOWN_CODE).withOpaque(1), Frame.oneway(UNKNOWN_CODE).withOpaque(2));
            assertAnswer(1, 3, server.next());
            server.assertNothingSent();
            assertEquals(2, server.count(Counter.UNSUPPORTED));
            assertEquals(1, server.count(Counter.ONEWAYS_DROPPED));
        }
    }

    @Test
    void processor_thatReturnsTheRequest_hasAnswered() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.register(CODE, (ctx, request) -> {
                request.setCode(0);
                request.setOpaque(999);
                return request;
            });
            server.receive(request(5).withBody(new byte[] {1, 2}));
            Frame answer = server.next();
            assertAnswer(5, 0, answer);
            assertEquals(2, answer.body().length);
            assertEquals(1, server.count(Counter.ANSWERED));
        }
    }

    @Test
    void processor_thatAnswersLater_isHeard_andASecondAnswerIsDropped() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            Parking parking = new Parking();
            server.register(CODE, parking);
            server.receive(request(5));
            server.assertNothingSent();
            assertEquals(0, server.count(Counter.EXECUTING));

            assertTrue(parking.answer(5, 11).isSuccess());
            assertAnswer(5, 11, server.next());
            ChannelFuture second = parking.answer(5, 12);
            assertTrue(second.cause() instanceof IllegalStateException);
            server.assertNothingSent();
            assertEquals(1, server.count(Counter.ANSWERED));
            assertEquals(1, server.count(Counter.SECOND_ANSWERS));
        }
    }

    @Test
    void processor_thatWritesAndReturns_countsOneAnswerOnly() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.register(CODE, (ctx, request) -> {
                RemotingCommand first = RemotingCommand.createResponseCommand(11, null);
                first.setOpaque(request.getOpaque());
                ctx.writeAndFlush(first);
                return RemotingCommand.createResponseCommand(12, null);
            });
            server.receive(request(5));
            assertAnswer(5, 11, server.next());
            server.assertNothingSent();
            assertEquals(1, server.count(Counter.SECOND_ANSWERS));
        }
    }

    @Test
    void secondAnswer_withAVoidPromise_doesNotCloseTheConnection() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.registerEcho(CODE);
            server.receive(request(5));
            server.next();
            RemotingCommand second = RemotingCommand.createResponseCommand(0, null);
            second.setOpaque(5);
            server.channel.writeAndFlush(second, server.channel.voidPromise());
            server.channel.runPendingTasks();
            assertTrue(server.channel.isOpen());
            assertEquals(1, server.count(Counter.SECOND_ANSWERS));
        }
    }

    @Test
    void requests_withEqualOpaques_getAsManyAnswers() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            Parking parking = new Parking();
            server.register(CODE, parking);
            server.receive(request(5), request(5));
            parking.answer(5, 11);
            parking.answer(5, 12);
            parking.answer(5, 13);
            assertAnswer(5, 11, server.next());
            assertAnswer(5, 12, server.next());
            server.assertNothingSent();
            assertEquals(1, server.count(Counter.SECOND_ANSWERS));
        }
    }

    @Test
    void answer_asHeaderAndFileRegion_isCountedOnce(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("body"), "0123456789".getBytes(StandardCharsets.US_ASCII));
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.register(CODE, (ctx, request) -> {
                RemotingCommand response = RemotingCommand.createResponseCommand(0, null);
                response.setOpaque(request.getOpaque());
                ctx.write(Unpooled.wrappedBuffer(response.encodeHeader(10)));
                ctx.writeAndFlush(new DefaultFileRegion(file.toFile(), 0, 10));
                return null;
            });
            server.receive(request(5));
            ByteBuf header = server.channel.readOutbound();
            assertEquals(header.readableBytes() - 4 + 10, header.getInt(0));
            header.release();
            DefaultFileRegion region = server.channel.readOutbound();
            assertEquals(10, region.count());
            region.release();
            assertEquals(1, server.count(Counter.ANSWERED));

            // Nothing is in flight: a drain of this stock peer has nothing to wait for but quiet.
            server.drain(1_000);
            assertEquals(0, server.report().inFlight());
        }
    }

    @Test
    void secondAnswer_asHeaderAndFileRegion_isDroppedWholeAndCounted(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("body"), "0123456789".getBytes(StandardCharsets.US_ASCII));
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.register(CODE, (ctx, request) -> {
                for (int i = 0; i < 2; i++) {
                    RemotingCommand response = RemotingCommand.createResponseCommand(0, null);
                    response.setOpaque(request.getOpaque());
                    ctx.write(Unpooled.wrappedBuffer(response.encodeHeader(10)));
                    ctx.writeAndFlush(new DefaultFileRegion(file.toFile(), 0, 10));
                }
                return null;
            });
            server.receive(request(5));
            ((ByteBuf) server.channel.readOutbound()).release();
            ((DefaultFileRegion) server.channel.readOutbound()).release();
            server.assertNothingSent();
            assertEquals(1, server.count(Counter.ANSWERED));
            assertEquals(1, server.count(Counter.SECOND_ANSWERS));

            // The next answer goes out as ever.
            server.receive(request(6));
            ((ByteBuf) server.channel.readOutbound()).release();
            ((DefaultFileRegion) server.channel.readOutbound()).release();
            assertEquals(2, server.count(Counter.ANSWERED));
        }
    }

    /** A whole frame in a file, as RocketMQ's brokers send messages. */
    private static final class FrameInFile extends DefaultFileRegion implements ResponseFileRegion {
        private final int opaque;

        FrameInFile(File file, long length, int opaque) {
            super(file, 0, length);
            this.opaque = opaque;
        }

        @Override
        public int getOpaque() {
            return opaque;
        }
    }

    @Test
    void answer_asFileRegionWithItsHeader_isCountedOnce_andTheSecondOneDropped(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("frame"), Frame.response(request(5), 0).encode());
        List<FrameInFile> written = new ArrayList<>();
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.register(CODE, (ctx, request) -> {
                for (int i = 0; i < 2; i++) {
                    FrameInFile answer = new FrameInFile(file.toFile(), Files.size(file), request.getOpaque());
                    written.add(answer);
                    ctx.writeAndFlush(answer);
                }
                return null;
            });
            server.receive(request(5));
            assertSame(written.get(0), server.channel.readOutbound());
            server.assertNothingSent();
            assertEquals(1, server.count(Counter.ANSWERED));
            assertEquals(1, server.count(Counter.SECOND_ANSWERS));
            assertEquals(0, written.get(1).refCnt());
            written.get(0).release();

            server.drain(1_000);
            assertEquals(0, server.report().inFlight());
        }
    }

    @Test
    void answer_thatCannotBeEncoded_becomesASystemError() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.register(CODE, (ctx, request) -> {
                RemotingCommand response = RemotingCommand.createResponseCommand(0, null);
                response.setBody(new byte[2 * 1024 * 1024]);
                return response;
            });
            server.receive(request(5).withSerialization(Frame.Serialization.ROCKETMQ));
            Frame answer = server.next();
            assertAnswer(5, 1, answer);
            assertEquals(Frame.Serialization.ROCKETMQ, answer.serialization());
            assertTrue(answer.remark().startsWith("the answer could not be encoded"), answer.remark());
            server.assertNothingSent();
            assertEquals(1, server.count(Counter.ANSWERED));
            assertEquals(0, server.count(Counter.SECOND_ANSWERS));
        }
    }

    @Test
    void answer_thatCannotBeEncoded_spoilsNeitherTheOneBeforeNorTheNext() {
        for (boolean draining : new boolean[] {false, true}) {
            try (ConnectionHarness server = ConnectionHarness.server()) {
                ManualExecutor executor = new ManualExecutor();
                server.register(CODE, (ctx, request) -> {
                    RemotingCommand response = RemotingCommand.createResponseCommand(0, null);
                    response.setBody(new byte[request.getOpaque() == 2 ? 2 * 1024 * 1024 : 1]);
                    return response;
                }, executor);
                server.receive(request(1), request(2), request(3));
                if (draining) {
                    server.drain(1_000);
                }
                executor.runAll();
                server.channel.runPendingTasks();
                assertAnswer(1, 0, server.next());
                assertAnswer(2, 1, server.next());
                assertAnswer(3, 0, server.next());
                server.assertNothingSent();
            }
        }
    }

    @Test
    void parkedRequest_answeredAsThePeerEnds_isAnsweredBeforeTheEnd() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            Parking parking = new Parking();
            server.register(CODE, parking);
            server.receive(request(5));
            server.channel.eventLoop().execute(() -> parking.answer(5, 0));
            server.peerEnds();
            assertAnswer(5, 0, server.next());
            assertEquals(0, server.count(Counter.UNANSWERED));
            assertFalse(server.channel.isOpen());
        }
    }

    @Test
    void processor_thatThrows_isAnsweredWithAShortRemark() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.register(CODE, (ctx, request) -> {
                switch (request.getOpaque()) {
                    case 1 -> throw new AbortProcessException(77, "not today");
                    case 2 -> throw new StackOverflowError("x".repeat(300));
                    default -> throw new IllegalStateException("oops");
                }
            });
            server.receive(request(1), request(2), request(3));
            Frame abort = server.next();
            assertAnswer(1, 77, abort);
            assertEquals("not today", abort.remark());
            Frame error = server.next();
            assertAnswer(2, 1, error);
            assertEquals(203, error.remark().length());
            Frame exception = server.next();
            assertAnswer(3, 1, exception);
            assertEquals("IllegalStateException: oops", exception.remark());
            assertEquals(0, server.count(Counter.EXECUTING));
        }
    }

    @Test
    void executor_thatRejects_isAnsweredBusyAndNothingIsInFlight() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.register(CODE, (ctx, request) -> null, task -> {
                throw new RejectedExecutionException("full");
            });
            server.receive(request(5), Frame.oneway(CODE));
            assertAnswer(5, 2, server.next());
            server.assertNothingSent();
            assertEquals(2, server.count(Counter.BUSY));
            assertEquals(1, server.count(Counter.ONEWAYS_DROPPED));
            assertEquals(0, server.count(Counter.EXECUTING));
            assertEquals(0, server.endpoint.executions().get());
            server.drain(1_000);
            assertEquals(0, server.report().inFlight());
            server.receive(oldRequest(6));
            assertAnswer(6, 2, server.next());
            assertEquals(0, server.report().acceptedLater());
        }
    }

    @Test
    void executor_thatFailsInItsOwnWay_isAnsweredBusyAndNothingIsInFlight() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.register(CODE, (ctx, request) -> null, task -> {
                throw new OutOfMemoryError("unable to create native thread");
            });
            server.receive(request(5));
            assertAnswer(5, 2, server.next());
            assertTrue(server.channel.isOpen());
            assertEquals(0, server.count(Counter.EXECUTING));
            assertEquals(0, server.endpoint.executions().get());
            server.drain(1_000);
            assertEquals(0, server.report().inFlight());
        }
    }

    @Test
    void processor_thatTurnsAway_isAnsweredBusy() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.register(CODE, new NettyRequestProcessor() {
                @Override
                public RemotingCommand processRequest(ChannelHandlerContext ctx, RemotingCommand request) {
                    throw new AssertionError("must not be called");
                }

                @Override
                public boolean rejectRequest() {
                    return true;
                }
            });
            server.receive(request(5));
            assertAnswer(5, 2, server.next());
            assertEquals(1, server.count(Counter.BUSY));

            server.drain(1_000);
            server.receive(request(6), oldRequest(7), Frame.oneway(CODE));
            assertAnswer(6, 1500, server.next());
            assertAnswer(7, 2, server.next());
            server.assertNothingSent();
            assertEquals(3, server.count(Counter.BUSY));
            assertEquals(1, server.count(Counter.ONEWAYS_DROPPED));
            server.advance(1_102);
            assertTrue(server.channel.isOutputShutdown(), "quiet all the same");
            DrainReport report = server.report();
            assertEquals(1, report.refused());
            assertEquals(0, report.acceptedLater());
            assertEquals(0, report.oneWaysExecuted());
        }
    }

    @Test
    void parkedRequest_nobodyAnswers_isGivenUpExactlyAtTheDeferredTimeout() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            Parking parking = new Parking();
            server.register(CODE, parking);
            server.receive(request(5));
            server.advance(ConnectionHarness.DEFERRED_TIMEOUT_MILLIS - 1);
            assertEquals(0, server.count(Counter.UNANSWERED));
            server.advance(1);
            assertEquals(1, server.count(Counter.UNANSWERED));
            parking.answer(5, 0);
            server.assertNothingSent();
            assertTrue(server.channel.isOpen());
        }
    }

    @Test
    void oneway_whateverItsProcessorReturns_isNotAnswered() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.registerEcho(CODE);
            server.receive(Frame.oneway(CODE).withOpaque(5));
            server.assertNothingSent();
            assertEquals(0, server.count(Counter.ANSWERED));
            assertEquals(0, server.count(Counter.SECOND_ANSWERS));
        }
    }

    @Test
    void answers_ofRequestsThatCameTogether_leaveTogether() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.registerEcho(CODE);
            int before = server.channel.flushes();
            server.receive(request(1), request(2), request(3));
            assertEquals(before + 1, server.channel.flushes());
            for (int opaque = 1; opaque <= 3; opaque++) {
                assertAnswer(opaque, 0, server.next());
            }
        }
    }

    @Test
    void answers_ofTasksThatWaitTogether_leaveTogether() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(0, "echo"), executor);
            server.receive(request(1), request(2));
            int before = server.channel.flushes();
            executor.runNext();
            executor.runNext();
            server.channel.runPendingTasks();
            assertEquals(before + 1, server.channel.flushes());
            assertAnswer(1, 0, server.next());
            assertAnswer(2, 0, server.next());
        }
    }

    @Test
    void answer_thatWaitsForItsFlush_leavesBeforeTheClose() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(0, "echo"), executor);
            server.receive(request(1));
            executor.runNext();
            server.connection().close(null);
            assertAnswer(1, 0, server.next());
        }
    }

    @Test
    void processorContext_isBehindTheConnection() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            Parking parking = new Parking();
            server.register(CODE, parking);
            server.receive(request(5));
            assertSame(server.channel, parking.context.channel());
            RemotingCommand response = RemotingCommand.createResponseCommand(4, null);
            response.setOpaque(5);
            parking.context.writeAndFlush(response);
            server.channel.runPendingTasks();
            assertAnswer(5, 4, server.next());
            assertEquals(1, server.count(Counter.ANSWERED));
        }
    }

    @Test
    void writability_ofTheOutput_decidesWhetherWeRead() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.channel.stall();
            server.channel.writeAndFlush(Unpooled.buffer().writeZero(1024 * 1024));
            assertFalse(server.channel.config().isAutoRead());
            server.channel.resume();
            assertTrue(server.channel.config().isAutoRead());
        }
    }

    @Test
    void force_whileThePeerDoesNotRead_readsItsOnewaysNevertheless() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.channel.stall();
            server.channel.writeAndFlush(Unpooled.buffer().writeZero(1024 * 1024));
            server.drain(1_000);
            server.force();
            assertTrue(server.channel.config().isAutoRead());
        }
    }

    @Test
    void brokenFrame_closesOnceAndNothingBehindItRuns() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            List<Integer> executed = new ArrayList<>();
            server.register(CODE, (ctx, request) -> {
                executed.add(request.getOpaque());
                return RemotingCommand.createResponseCommand(0, null);
            });
            server.receiveBytes(Unpooled.wrappedBuffer(request(1).encode(), new byte[] {0, 0, 0, 0}, request(2).encode()));

            assertEquals(List.of(1), executed);
            assertFalse(server.channel.isOpen());
            assertEquals(1, server.count(Counter.PROTOCOL_ERRORS));
            assertEquals(List.of("owner: connected", "owner: unusable in CLOSED", "owner: closed"), server.journal);
            assertEquals(List.of("CONNECT", "ACTIVE", "EXCEPTION", "CLOSE"), server.events());
        }
    }

    // ---------------------------------------------------------------- HELLO and PING

    @Test
    void hello_asFirstFrame_isAnsweredWithWhatTheServerExpects() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.receive(Frame.request(1501).withOpaque(1));
            Frame answer = server.next();
            assertAnswer(1, 0, answer);
            assertEquals("5000", answer.ext("minPingIntervalMillis"));
            assertEquals("120000", answer.ext("maxIdleMillis"));
            assertNotNull(answer.ext("features"));
            assertEquals(0, server.count(Counter.REQUESTS_RECEIVED));
        }
    }

    @Test
    void hello_afterAnotherFrame_isUnsupportedAndThePeerStaysAStockOne() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.receive(Frame.oneway(UNKNOWN_CODE), Frame.request(1501).withOpaque(2));
            assertAnswer(2, 3, server.next());
            server.drain(1_000);
            server.assertNothingSent();
            assertEquals(0, server.report().told());
        }
    }

    @Test
    void hello_duringADrain_isRefused() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.drain(1_000);
            server.receive(Frame.request(1501).withOpaque(1));
            assertAnswer(1, 1500, server.next());
            assertEquals(0, server.report().told());
        }
    }

    @Test
    void ownCodes_asOnewaysFromAClient_areIgnored() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.receive(Frame.oneway(1501), Frame.oneway(1502), Frame.oneway(1500));
            server.assertNothingSent();
            server.receive(Frame.request(1500).withOpaque(3));
            assertAnswer(3, 3, server.next());
            assertTrue(server.channel.isOpen());
        }
    }

    @Test
    void ping_beforeAndDuringADrain_isAnswered() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.receive(Frame.request(1502).withOpaque(1));
            assertAnswer(1, 0, server.next());
            server.drain(1_000);
            server.receive(Frame.request(1502).withOpaque(2));
            assertAnswer(2, 0, server.next());
        }
    }

    // ---------------------------------------------------------------- the gate

    @Test
    void drain_thenATwoWayRequest_isRefusedIfItsVersionKnowsGoAway() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.registerEcho(CODE);
            server.drain(1_000);
            server.receive(request(1).withVersion(476), request(2).withVersion(475), Frame.oneway(CODE).withVersion(476));
            Frame refusal = server.next();
            assertAnswer(1, 1500, refusal);
            assertEquals("please go away", refusal.remark());
            assertAnswer(2, 0, server.next());
            server.assertNothingSent();
            DrainReport report = server.report();
            assertEquals(1, report.refused());
            assertEquals(1, report.acceptedLater());
            assertEquals(1, report.finished());
            assertEquals(1, report.oneWaysExecuted());
            assertEquals(1, server.count(Counter.GO_AWAYS_ANSWERED));
        }
    }

    @Test
    void drain_thenAnUnsupportedCode_isRefusedFirst() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.drain(1_000);
            server.receive(Frame.request(UNKNOWN_CODE).withOpaque(1), Frame.request(UNKNOWN_CODE).withOpaque(2).withVersion(475));
            assertAnswer(1, 1500, server.next());
            assertAnswer(2, 3, server.next());
        }
    }

    @Test
    void drain_thenACallToTheClient_isNotSentButAOnewayIs() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            server.drain(1_000);
            server.journal.clear();
            server.send(CODE, "two-way", 1_000);
            server.sendOneway(CODE, "one-way", 1_000);
            assertEquals(List.of("two-way failed RemotingSendRequestException NOT_SENT", "one-way written"), server.journal);
        }
    }

    @Test
    void retired_isToldTheOwnerOnceBeforeThePeerHearsOfIt() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            List<String> sentBefore = new ArrayList<>();
            server.onRetired = () -> sentBefore.add(String.valueOf(server.poll()));
            server.drain(1_000);
            server.drain(1_000);
            assertEquals(List.of("null"), sentBefore);
            assertEquals(1500, server.next().code());
        }
    }

    @Test
    void retired_ofAPeerThatEndedItsStreamBefore_isNotTold() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.register(CODE, (ctx, request) -> null, new ManualExecutor());
            server.receive(request(1));
            server.peerEnds();
            server.journal.clear();
            server.drain(1_000);
            assertEquals(List.of(), server.journal);
        }
    }

    @Test
    void refusalByAProcessor_thenACallToTheClient_isNotSentButAOnewayIs() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            Parking parking = new Parking();
            server.register(CODE, parking);
            server.receive(request(5));
            server.journal.clear();

            parking.answer(5, 1500);
            server.send(CODE, "two-way", 1_000);
            server.sendOneway(CODE, "one-way", 1_000);

            assertAnswer(5, 1500, server.next());
            assertEquals(List.of("two-way failed RemotingSendRequestException NOT_SENT", "one-way written"), server.journal);
        }
    }

    // ---------------------------------------------------------------- the drain of a HELLO peer

    @Test
    void drain_ofAHelloPeer_announcesAndPings() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            server.advance(1);
            server.drain(1_000);
            Frame announcement = server.next();
            assertTrue(announcement.isOneway());
            assertEquals(1500, announcement.code());
            assertEquals(Map.of("reason", "shutdown", "graceMillis", "30000"), announcement.extFields());
            assertEquals(1502, server.next().code());
            server.drain(1_000);
            server.assertNothingSent();
            assertEquals(1, server.report().told());
            assertEquals(1, server.count(Counter.GO_AWAYS_TOLD));

            server.peerEnds();
            assertFalse(server.channel.isOpen());
            assertEquals(1, server.report().closedByPeer());
        }
    }

    @Test
    void drain_ofAHelloPeerThatIsSilent_closesItAfterFiveSeconds() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            server.advance(1);
            server.drain(1_000);
            server.advance(4_999);
            assertTrue(server.channel.isOpen());
            server.advance(1);
            assertFalse(server.channel.isOpen());
            assertEquals(1, server.report().broken());
        }
    }

    @Test
    void drain_ofAHelloPeerThatAnswersPings_waitsForItAndPingsAgain() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            server.advance(1);
            server.drain(1_000);
            server.next();
            for (int i = 0; i < 5; i++) {
                server.receive(Frame.response(server.next(), 0));
                server.advance(4_999);
                server.assertNothingSent();
                server.advance(1);
            }
            assertEquals(1502, server.next().code());
            server.advance(4_999);
            assertTrue(server.channel.isOpen());
            server.advance(1);
            assertFalse(server.channel.isOpen());
        }
    }

    @Test
    void drain_ofAHelloPeerThatSendsSomethingElse_isNotTakenForDead() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            server.registerEcho(CODE);
            server.advance(1);
            server.drain(1_000);
            server.advance(4_999);
            server.receive(Frame.oneway(CODE));
            server.advance(4_999);
            assertTrue(server.channel.isOpen());
        }
    }

    // ---------------------------------------------------------------- the drain of a stock peer

    @Test
    void drain_ofAStockPeer_endsOurOutputWhenQuietAndClosesTwoSecondsLater() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.drain(1_000);
            server.advance(999);
            assertFalse(server.channel.isOutputShutdown());
            server.advance(2);
            assertTrue(server.channel.isOutputShutdown());
            server.assertNothingSent();
            server.advance(1_999);
            assertTrue(server.channel.isOpen());
            server.advance(1);
            assertFalse(server.channel.isOpen());
            assertEquals(1, server.report().quietClosed());
        }
    }

    @Test
    void drain_ofAStockPeerThatGoesOn_startsTheQuietAnewWithEachFrame() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.registerEcho(CODE);
            server.drain(1_000);
            for (int i = 0; i < 5; i++) {
                server.advance(900);
                server.receive(oldRequest(i));
                assertAnswer(i, 0, server.next());
            }
            server.advance(999);
            assertFalse(server.channel.isOutputShutdown());
            server.advance(102);
            assertTrue(server.channel.isOutputShutdown());
            assertEquals(5, server.report().acceptedLater());
        }
    }

    @Test
    void drain_ofAStockPeer_waitsForRunningAndParkedRequests() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            ManualExecutor executor = new ManualExecutor();
            Parking parking = new Parking();
            server.register(CODE, parking, executor);
            server.receive(request(1));
            server.drain(1_000);
            server.advance(20_000);
            assertFalse(server.channel.isOutputShutdown());
            executor.runNext();
            server.advance(20_000);
            assertFalse(server.channel.isOutputShutdown());

            parking.answer(1, 0);
            assertAnswer(1, 0, server.next());
            server.advance(999);
            assertFalse(server.channel.isOutputShutdown());
            server.advance(102);
            assertTrue(server.channel.isOutputShutdown());
            server.peerEnds();
            assertFalse(server.channel.isOpen());
            DrainReport report = server.report();
            assertEquals(1, report.inFlight());
            assertEquals(1, report.finished());
            assertEquals(1, report.quietClosed());
        }
    }

    @Test
    void drain_whileAParkedRequestIsGivenUp_countsItUnanswered() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.register(CODE, new Parking());
            server.receive(request(1));
            server.drain(1_000);
            server.advance(ConnectionHarness.DEFERRED_TIMEOUT_MILLIS - 1);
            assertFalse(server.channel.isOutputShutdown());
            server.advance(102);
            assertTrue(server.channel.isOutputShutdown());
            assertEquals(1, server.report().unanswered());
        }
    }

    @Test
    void drain_whileAnAnswerIsNotYetWithTheKernel_isNotQuiet() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.registerEcho(CODE);
            server.channel.stall();
            server.receive(request(1));
            server.drain(1_000);
            server.advance(10_000);
            assertFalse(server.channel.isOutputShutdown());
            assertTrue(server.channel.isOpen());

            server.channel.resume();
            assertAnswer(1, 0, server.next());
            server.advance(999);
            assertFalse(server.channel.isOutputShutdown());
            server.advance(102);
            assertTrue(server.channel.isOutputShutdown());
        }
    }

    @Test
    void ourOutputEnded_thenOnewaysRunAndTwoWaysDoNot() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            List<Integer> executed = new ArrayList<>();
            server.register(CODE, (ctx, request) -> {
                executed.add(request.getOpaque());
                return RemotingCommand.createResponseCommand(0, null);
            });
            server.drain(1_000);
            server.advance(1_001);
            server.receive(Frame.oneway(CODE).withOpaque(1), oldRequest(2), request(3), Frame.request(1502), Frame.oneway(CODE).withOpaque(4));
            assertEquals(List.of(1, 4), executed);
            server.assertNothingSent();
            assertEquals(2, server.count(Counter.UNANSWERED));
            assertEquals(2, server.report().oneWaysExecuted());
            server.peerEnds();
            assertFalse(server.channel.isOpen());
            assertEquals(1, server.report().quietClosed());
        }
    }

    // ---------------------------------------------------------------- ends

    @Test
    void peerEnd_whileAHandlerRuns_waitsForItsAnswer() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(0, null), executor);
            server.receive(request(1), request(2));
            server.drain(1_000);
            server.peerEnds();
            executor.runNext();
            server.channel.runPendingTasks();
            assertTrue(server.channel.isOpen());
            executor.runNext();
            server.channel.runPendingTasks();
            assertFalse(server.channel.isOpen());
            assertAnswer(1, 0, server.next());
            assertAnswer(2, 0, server.next());
            DrainReport report = server.report();
            assertEquals(2, report.finished());
            assertEquals(1, report.closedByPeer());
        }
    }

    @Test
    void peerEnd_whileARequestIsParked_abandonsIt() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            Parking parking = new Parking();
            server.register(CODE, parking);
            server.receive(request(1));
            server.drain(1_000);
            server.peerEnds();
            assertFalse(server.channel.isOpen());
            assertEquals(1, server.report().unanswered());
            assertEquals(1, server.count(Counter.UNANSWERED));
            assertFalse(parking.answer(1, 0).isSuccess());
        }
    }

    @Test
    void peerEnd_whoseLastHandlerParks_closesThen() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, new Parking(), executor);
            server.receive(request(1));
            server.peerEnds();
            assertTrue(server.channel.isOpen());
            executor.runNext();
            server.channel.runPendingTasks();
            assertFalse(server.channel.isOpen());
        }
    }

    @Test
    void peerEnd_beforeTheDrain_isStillItsEnd() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, (ctx, request) -> null, executor);
            server.receive(request(1));
            server.peerEnds();
            server.drain(1_000);
            server.assertNothingSent();
            executor.runNext();
            server.channel.runPendingTasks();
            assertFalse(server.channel.isOpen());
            assertEquals(1, server.report().closedByPeer());
            assertEquals(0, server.report().told());
        }
    }

    @Test
    void force_withWorkLeft_halfClosesAndClosesTwoSecondsLater() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(0, null), executor);
            server.receive(request(1));
            server.advance(1);
            server.drain(1_000);
            server.channel.releaseOutbound();
            server.force();
            assertTrue(server.channel.isOutputShutdown());
            executor.runNext();
            server.assertNothingSent();
            server.advance(1_999);
            assertTrue(server.channel.isOpen());
            server.advance(1);
            assertFalse(server.channel.isOpen());
            DrainReport report = server.report();
            assertEquals(1, report.forced());
            assertEquals(1, report.unanswered());
        }
    }

    @Test
    void close_withWorkLeftDuringADrain_isCountedBroken() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(0, null), executor);
            server.receive(request(1), oldRequest(2));
            server.drain(1_000);
            server.receive(oldRequest(3), request(4));
            server.connection().close(null);
            executor.runNext();
            DrainReport report = server.report();
            assertEquals(1, report.broken());
            assertEquals(2, report.inFlight());
            assertEquals(1, report.acceptedLater());
            assertEquals(3, report.unanswered());
            assertEquals(1, report.refused());
        }
    }

    @Test
    void drain_announcement_leavesBeforeOtherTasksHaveTheirTurn() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            server.connection().drain(new DrainOrder(server.tally, new GoAwayNotice(GoAwayNotice.REASON_SHUTDOWN, 30_000), 1_000));
            assertEquals(1500, server.next().code());
        }
    }

    @Test
    void force_ofAStockPeer_halfClosesBehindItsNextAnswer() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(0, null), executor);
            server.drain(1_000);
            server.receive(oldRequest(1));
            server.receive(oldRequest(2));
            server.force();
            executor.runNext();
            server.advance(1);
            assertAnswer(1, 0, server.next());
            assertFalse(server.channel.isOutputShutdown(), "one is still in flight");

            executor.runNext();
            server.advance(1);
            assertAnswer(2, 0, server.next());
            assertTrue(server.channel.isOutputShutdown());
            server.advance(2_250);
            assertFalse(server.channel.isOpen());
            assertEquals(1, server.report().forced());
            assertEquals(0, server.report().unanswered());
        }
    }

    @Test
    void force_ofAStockPeerThatSaysNothing_halfClosesAQuarterOfASecondLater() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.drain(1_000);
            server.force();
            server.advance(249);
            assertFalse(server.channel.isOutputShutdown());
            server.advance(1);
            assertTrue(server.channel.isOutputShutdown());
            server.advance(2_000);
            assertFalse(server.channel.isOpen());
        }
    }

    @Test
    void drain_ofAClosedConnection_countsNothing() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.connection().close(null);
            server.drain(1_000);
            server.force();
            assertEquals(0, server.report().connections());
        }
    }
}
