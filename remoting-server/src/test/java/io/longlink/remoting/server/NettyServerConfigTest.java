package io.longlink.remoting.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.protocol.SerializeType;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NettyServerConfigTest {
    private static final NettyServerConfig CONFIG = new NettyServerConfig();

    private static Arguments bad(Executable setter, String message) {
        return Arguments.of(setter, message);
    }

    static Stream<Arguments> outOfRange() {
        return Stream.of(
                bad(() -> CONFIG.setBindAddress(" "), "bindAddress must not be blank"),
                bad(() -> CONFIG.setListenPort(-1), "listenPort must be from 0 to 65535: -1"),
                bad(() -> CONFIG.setListenPort(65_536), "listenPort must be from 0 to 65535: 65536"),
                bad(() -> CONFIG.setServerCallbackExecutorThreads(0), "serverCallbackExecutorThreads must be above 0: 0"),
                bad(() -> CONFIG.setServerOnewaySemaphoreValue(0), "serverOnewaySemaphoreValue must be above 0: 0"),
                bad(() -> CONFIG.setServerAsyncSemaphoreValue(0), "serverAsyncSemaphoreValue must be above 0: 0"),
                bad(() -> CONFIG.setShutdownWaitTimeSeconds(-1), "shutdownWaitTimeSeconds must be 0 or more: -1"),
                bad(() -> CONFIG.setLameDuckMillis(-1), "lameDuckMillis must be 0 or more: -1"),
                bad(() -> CONFIG.setQuietMillis(0), "quietMillis must be above 0: 0"),
                bad(() -> CONFIG.setDeferredTimeoutMillis(0), "deferredTimeoutMillis must be above 0: 0"),
                bad(() -> CONFIG.setMinPingIntervalMillis(0), "minPingIntervalMillis must be above 0: 0"),
                bad(() -> CONFIG.setMaxIdleMillis(0), "maxIdleMillis must be above 0: 0"),
                bad(() -> CONFIG.setServerChannelMaxIdleTimeSeconds(-1), "serverChannelMaxIdleTimeSeconds must be 0 or more: -1"),
                bad(() -> CONFIG.setReaderIdleMillis(-1), "readerIdleMillis must be 0 or more: -1"),
                bad(() -> CONFIG.setMaxConnectionIdleMillis(-1), "maxConnectionIdleMillis must be 0 or more: -1"),
                bad(() -> CONFIG.setMaxConnectionAgeMillis(-1), "maxConnectionAgeMillis must be 0 or more: -1"),
                bad(() -> CONFIG.setMaxConnections(-1), "maxConnections must be 0 or more: -1"),
                bad(() -> CONFIG.setFrameTimeoutMillis(-1), "frameTimeoutMillis must be 0 or more: -1"),
                bad(() -> CONFIG.setFrameMaxLength(1023), "frameMaxLength must be 1024 or more: 1023"));
    }

    @ParameterizedTest
    @MethodSource("outOfRange")
    void setter_outOfRange_namesTheSettingAndTheRange(Executable setter, String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, setter).getMessage());
    }

    @Test
    void setters_atTheEdgeOfTheRange_areTakenAndReturnThis() {
        NettyServerConfig config = new NettyServerConfig();
        assertSame(config, config.setBindAddress("::1").setListenPort(65_535).setServerCallbackExecutorThreads(1)
                .setServerOnewaySemaphoreValue(1).setServerAsyncSemaphoreValue(1).setEnableShutdownGracefully(true)
                .setShutdownWaitTimeSeconds(1).setShutdownOnJvmExit(true).setLameDuckMillis(999).setQuietMillis(1)
                .setDeferredTimeoutMillis(1).setMinPingIntervalMillis(1).setMaxIdleMillis(2).setServerChannelMaxIdleTimeSeconds(3)
                .setReaderIdleMillis(4).setMaxConnectionIdleMillis(5).setMaxConnectionAgeMillis(6).setMaxConnections(7)
                .setFrameMaxLength(1024).setFrameTimeoutMillis(8).setVersion(475).setSerializeType(SerializeType.ROCKETMQ)
                .setTransport(TransportOptions.defaults()));
        assertEquals(
                new ServerSettings(
                        "::1", 65_535, 1, 1, 1, 1, true, 999, 1, 1, 1, 2, 3, 4, 5, 6, 7, 1024, 8, 475, SerializeType.ROCKETMQ,
                        TransportOptions.defaults()),
                config.snapshot());
    }

    @Test
    void defaults_areWhatTheDocumentationSays() {
        int threads = Math.max(4, Runtime.getRuntime().availableProcessors());
        assertEquals(
                new ServerSettings(
                        "0.0.0.0", 0, threads, 65_535, 65_535, 30, false, 0, 1_000, 60_000, 5_000, 120_000, 120, 0, 0, 0, 0,
                        16 * 1024 * 1024, 30_000, 515, SerializeType.JSON, TransportOptions.defaults()),
                new NettyServerConfig().snapshot());
    }

    @Test
    void snapshot_withALameDuckAsLongAsTheShutdown_isRefused() {
        NettyServerConfig config = new NettyServerConfig().setShutdownWaitTimeSeconds(2).setLameDuckMillis(2_000);
        assertEquals(
                "lameDuckMillis (2000) must be below shutdownWaitTimeSeconds (2)",
                assertThrows(IllegalArgumentException.class, config::snapshot).getMessage());
        config.setLameDuckMillis(1_999);
        assertEquals(1_999, config.snapshot().lameDuckMillis());
        assertEquals(0, config.setLameDuckMillis(0).setShutdownWaitTimeSeconds(0).snapshot().shutdownWaitTimeSeconds());
    }

    @Test
    void snapshot_withClientsThatMayNotPingInTime_isRefused() {
        NettyServerConfig config = new NettyServerConfig().setMaxIdleMillis(5_000);
        assertEquals(
                "maxIdleMillis (5000) must be above minPingIntervalMillis (5000)",
                assertThrows(IllegalArgumentException.class, config::snapshot).getMessage());
        assertEquals(5_001, config.setMaxIdleMillis(5_001).snapshot().maxIdleMillis());
    }

    @Test
    void snapshot_withoutGrace_waitsForNothing() {
        assertEquals(0, new NettyServerConfig().setEnableShutdownGracefully(false).snapshot().shutdownWaitTimeSeconds());
    }

    @Test
    void snapshot_isNotReachedByLaterChanges() {
        NettyServerConfig config = new NettyServerConfig();
        ServerSettings before = config.snapshot();
        config.setListenPort(1).setQuietMillis(7).setVersion(1).setBindAddress("x");
        assertEquals(new NettyServerConfig().snapshot(), before);
        assertEquals(7, config.snapshot().quietMillis());
    }

    @Test
    void getters_ofRocketMqsSettings_readThemBack() {
        NettyServerConfig config = new NettyServerConfig();
        config.setBindAddress("::1").setListenPort(1).setServerCallbackExecutorThreads(2).setServerOnewaySemaphoreValue(3);
        config.setServerAsyncSemaphoreValue(4).setEnableShutdownGracefully(false).setShutdownWaitTimeSeconds(5);
        config.setServerChannelMaxIdleTimeSeconds(6);

        assertEquals("::1", config.getBindAddress());
        assertEquals(1, config.getListenPort());
        assertEquals(2, config.getServerCallbackExecutorThreads());
        assertEquals(3, config.getServerOnewaySemaphoreValue());
        assertEquals(4, config.getServerAsyncSemaphoreValue());
        assertFalse(config.isEnableShutdownGracefully());
        assertEquals(5, config.getShutdownWaitTimeSeconds());
        assertEquals(6, config.getServerChannelMaxIdleTimeSeconds());
    }
}
