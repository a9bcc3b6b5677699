package io.longlink.remoting.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.protocol.SerializeType;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NettyClientConfigTest {
    private static final NettyClientConfig CONFIG = new NettyClientConfig();

    private static Arguments bad(Executable setter, String message) {
        return Arguments.of(setter, message);
    }

    static Stream<Arguments> outOfRange() {
        return Stream.of(
                bad(() -> CONFIG.setConnectTimeoutMillis(0), "connectTimeoutMillis must be above 0: 0"),
                bad(() -> CONFIG.setConnectTimeoutMillis(-1), "connectTimeoutMillis must be above 0: -1"),
                bad(() -> CONFIG.setClientCallbackExecutorThreads(0), "clientCallbackExecutorThreads must be above 0: 0"),
                bad(() -> CONFIG.setClientOnewaySemaphoreValue(0), "clientOnewaySemaphoreValue must be above 0: 0"),
                bad(() -> CONFIG.setClientAsyncSemaphoreValue(0), "clientAsyncSemaphoreValue must be above 0: 0"),
                bad(() -> CONFIG.setPingIntervalMillis(0), "pingIntervalMillis must be above 0: 0"),
                bad(() -> CONFIG.setWriterIdleMillis(-1), "writerIdleMillis must be 0 or more: -1"),
                bad(() -> CONFIG.setAllIdleMillis(-1), "allIdleMillis must be 0 or more: -1"),
                bad(() -> CONFIG.setReaderIdleMillis(-1), "readerIdleMillis must be 0 or more: -1"),
                bad(() -> CONFIG.setGoAwayHoldMillis(-1), "goAwayHoldMillis must be 0 or more: -1"),
                bad(() -> CONFIG.setMaxWaitingRequests(0), "maxWaitingRequests must be above 0: 0"),
                bad(() -> CONFIG.setMaxWaitingBytes(0), "maxWaitingBytes must be above 0: 0"),
                bad(() -> CONFIG.setShutdownWaitTimeSeconds(-1), "shutdownWaitTimeSeconds must be 0 or more: -1"),
                bad(() -> CONFIG.setDeferredTimeoutMillis(0), "deferredTimeoutMillis must be above 0: 0"),
                bad(() -> CONFIG.setFrameTimeoutMillis(-1), "frameTimeoutMillis must be 0 or more: -1"),
                bad(() -> CONFIG.setFrameMaxLength(1023), "frameMaxLength must be 1024 or more: 1023"));
    }

    @ParameterizedTest
    @MethodSource("outOfRange")
    void setter_outOfRange_namesTheSettingAndTheRange(Executable setter, String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, setter).getMessage());
    }

    private static final ReconnectPolicy POLICY = ReconnectPolicy.never();

    @Test
    void setters_atTheEdgeOfTheRange_areTakenAndReturnThis() {
        NettyClientConfig config = new NettyClientConfig();
        assertSame(config, config.setConnectTimeoutMillis(1).setClientCallbackExecutorThreads(1).setClientOnewaySemaphoreValue(1)
                .setClientAsyncSemaphoreValue(1).setNegotiate(false).setGoAwayHoldMillis(0).setMaxWaitingRequests(1)
                .setMaxWaitingBytes(1).setShutdownWaitTimeSeconds(0).setShutdownOnJvmExit(true).setDeferredTimeoutMillis(1)
                .setPingIntervalMillis(1).setWriterIdleMillis(2).setAllIdleMillis(3).setReaderIdleMillis(4)
                .setClientCloseSocketIfTimeout(true).setFrameMaxLength(1024).setFrameTimeoutMillis(5).setVersion(475)
                .setSerializeType(SerializeType.ROCKETMQ).setTransport(TransportOptions.defaults()).setSessionRestorer(null)
                .setReconnectPolicy(POLICY).setAddressSource(null));
        ClientSettings settings = config.snapshot();
        assertEquals(
                new ClientSettings(
                        1, 1, 1, 1, false, 1, 2, 3, 4, true, 0, 1, 1, 0, true, 1, 1024, 5, 475, SerializeType.ROCKETMQ,
                        TransportOptions.defaults(), null, POLICY, null),
                settings);
    }

    @Test
    void defaults_areWhatTheDocumentationSays() {
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        ClientSettings settings = new NettyClientConfig().snapshot();
        assertEquals(
                new ClientSettings(
                        3_000, threads, 65_535, 65_535, true, 15_000, 0, 0, 0, false, 30_000, 4_096, 16L * 1024 * 1024, 10, false, 60_000,
                        16 * 1024 * 1024, 30_000, 515, SerializeType.JSON, TransportOptions.defaults(), null, settings.reconnectPolicy(), null),
                settings);
        assertInstanceOf(FullJitter.class, settings.reconnectPolicy().newSchedule(RandomGenerator.getDefault()));
    }

    @Test
    void snapshot_isNotReachedByLaterChanges() {
        NettyClientConfig config = new NettyClientConfig();
        ClientSettings before = config.snapshot();
        config.setConnectTimeoutMillis(1).setNegotiate(false).setVersion(1).setSessionRestorer(session -> null).setReconnectPolicy(POLICY);
        assertEquals(3_000, before.connectTimeoutMillis());
        assertTrue(before.negotiate());
        assertEquals(515, before.version());
        assertNull(before.sessionRestorer());
        assertNotSame(POLICY, before.reconnectPolicy());
        assertEquals(1, config.snapshot().connectTimeoutMillis());
    }

    @Test
    void getters_ofRocketMqsSettings_readThemBack() {
        NettyClientConfig config = new NettyClientConfig();
        config.setConnectTimeoutMillis(1).setClientCallbackExecutorThreads(2).setClientOnewaySemaphoreValue(3);
        config.setClientAsyncSemaphoreValue(4).setClientCloseSocketIfTimeout(true);

        assertEquals(1, config.getConnectTimeoutMillis());
        assertEquals(2, config.getClientCallbackExecutorThreads());
        assertEquals(3, config.getClientOnewaySemaphoreValue());
        assertEquals(4, config.getClientAsyncSemaphoreValue());
        assertTrue(config.isClientCloseSocketIfTimeout());
    }
}
