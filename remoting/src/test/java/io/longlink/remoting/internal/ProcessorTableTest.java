package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.longlink.remoting.internal.ProcessorTable.Registration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessorTableTest {
    private final ProcessorTable table = new ProcessorTable();

    private static Registration registration() {
        return new Registration((ctx, request) -> null, Runnable::run);
    }

    @Test
    void find_prefersTheCodesOwnProcessor_thenTheDefault() {
        Registration own = registration();
        Registration fallback = registration();
        assertNull(table.find(7));
        table.register(7, own);
        assertNull(table.find(8));
        table.registerDefault(fallback);
        assertSame(own, table.find(7));
        assertSame(fallback, table.find(8));
        assertSame(fallback, table.find(-1));
        table.register(9, registration());
        assertSame(own, table.find(7));
        assertSame(fallback, table.find(8));
    }

    @Test
    void register_again_replaces() {
        Registration second = registration();
        table.register(7, registration());
        table.register(7, second);
        assertSame(second, table.find(7));
    }

    @ParameterizedTest
    @ValueSource(ints = {1500, 1501, 1502})
    void register_ofAnOwnCode_isRefused(int code) {
        assertThrows(IllegalArgumentException.class, () -> table.register(code, registration()));
        assertNull(table.find(code));
    }

    @ParameterizedTest
    @ValueSource(ints = {1499, 1503, 0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void register_ofAnyOtherCode_works(int code) {
        Registration registration = registration();
        table.register(code, registration);
        assertSame(registration, table.find(code));
    }
}
