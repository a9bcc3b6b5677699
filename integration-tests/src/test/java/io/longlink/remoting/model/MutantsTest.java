package io.longlink.remoting.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Bugs put into the library one by one: the model must find each. Without them it finds nothing: see {@link RestartModelTest}. */
class MutantsTest {
    private static final Path MODULES = modules();

    private static Path modules() {
        // Where this test runs from: a module's directory under Maven, the root elsewhere.
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("remoting-client")) ? here : here.getParent();
    }

    @TestFactory
    Stream<DynamicTest> namedMutant_isCaught() {
        return tests(Mutant.NAMED);
    }

    @TestFactory
    Stream<DynamicTest> mutant_isCaught() {
        return tests(Mutant.MORE);
    }

    private static Stream<DynamicTest> tests(List<Mutant> mutants) {
        return mutants.stream().map(mutant -> DynamicTest.dynamicTest(mutant.name(), () -> {
            String violation = violation(mutant);

            assertNotEquals("", violation, "nothing wrong was found");
            System.out.println("mutant: " + mutant + ": " + violation.lines().findFirst().orElse(""));
        }));
    }

    private static String violation(Mutant mutant) throws Throwable {
        Class<?> scenarios = Class.forName(Scenarios.class.getName(), true, MutantLoader.of(mutant, MODULES));
        Method explore = scenarios.getDeclaredMethod("violation", String.class);
        explore.setAccessible(true);
        try {
            return (String) explore.invoke(null, mutant.killer());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Test
    void mutantThatIsNone_survives() throws Throwable {
        Mutant none = new Mutant(
                "none", Mutant.NAMED.get(0).file(), "private boolean toldToGo;", "private boolean toldToGo = false;", "restart of stock peers");

        assertEquals("", violation(none));
    }

    @Test
    void editThatDoesNotMatchOnce_isAnError() {
        Mutant stale = new Mutant("stale", Mutant.NAMED.get(0).file(), "private ", "", "restart");

        assertTrue(assertThrows(IllegalStateException.class, () -> MutantLoader.of(stale, MODULES)).getMessage().contains("exactly once"));
    }
}
