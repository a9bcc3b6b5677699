package io.longlink.remoting.integration;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.longlink.remoting.RemotingService;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.demo.HeartbeatDemo;
import io.longlink.remoting.client.SessionRestorer;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The arrows between modules and packages, and the habits that a compiler does not know. */
class ArchitectureTest {
    private static final String BASE = "io.longlink.remoting";

    /** One class of each module; where it comes from is where the module comes from. */
    private static final Map<String, Class<?>> MODULES = Map.of(
            "remoting", RemotingService.class,
            "remoting-client", NettyRemotingClient.class,
            "remoting-server", NettyRemotingServer.class,
            "remoting-testkit", ScriptedPeer.class,
            "heartbeat-demo", HeartbeatDemo.class);

    private static final JavaClasses WITH_DEMO = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/demo/"))
            .importPackages(BASE);

    private static final JavaClasses LIBRARY = ALL.that(
            not(resideInAPackage(BASE + ".testkit..")));

    private static String moduleOf(JavaClass type) {
        URI uri = type.getSource().orElseThrow().getUri();
        return MODULES.entrySet().stream()
                .filter(module -> uri.toString().contains(
                        module.getValue().getProtectionDomain().getCodeSource().getLocation().getPath()))
                .map(Map.Entry::getKey)
                .findAny()
                .orElseThrow(() -> new AssertionError("from nowhere: " + uri));
    }

    @Test
    void everyModule_isLookedAt() {
        TreeSet<String> seen = new TreeSet<>();
        WITH_DEMO.forEach(type -> seen.add(moduleOf(type)));

        assertEquals(new TreeSet<>(MODULES.keySet()), seen);
        assertTrue(LIBRARY.size() > 80, () -> "only " + LIBRARY.size() + " classes of the library");
    }

    @Test
    void clientAndServer_neverSeeEachOther() {
        noClasses().that().resideInAPackage(BASE + ".client..").should().dependOnClassesThat().resideInAPackage(BASE + ".server..")
                .check(ALL);
        noClasses().that().resideInAPackage(BASE + ".server..").should().dependOnClassesThat().resideInAPackage(BASE + ".client..")
                .check(ALL);
    }

    @Test
    void demo_usesWhatUsersCan_andNobodyUsesTheDemo() {
        noClasses().that().resideInAPackage(BASE + ".demo..")
                .should().dependOnClassesThat().resideInAnyPackage(BASE + ".internal..", BASE + ".testkit..")
                .check(WITH_DEMO);
        noClasses().that().resideOutsideOfPackage(BASE + ".demo..")
                .should().dependOnClassesThat().resideInAPackage(BASE + ".demo..")
                .check(WITH_DEMO);
    }

    @Test
    void packages_importOnlyThoseBelowThem() {
        layeredArchitecture().consideringOnlyDependenciesInAnyPackage(BASE + "..")
                .layer("exception").definedBy(BASE + ".exception")
                .layer("protocol").definedBy(BASE + ".protocol")
                .layer("base").definedBy(BASE)
                .layer("netty").definedBy(BASE + ".netty")
                .layer("internal").definedBy(BASE + ".internal")
                .layer("client").definedBy(BASE + ".client..")
                .layer("server").definedBy(BASE + ".server..")
                .layer("testkit").definedBy(BASE + ".testkit..")
                .whereLayer("exception").mayNotAccessAnyLayer()
                .whereLayer("protocol").mayOnlyAccessLayers("exception")
                .whereLayer("base").mayOnlyAccessLayers("exception", "protocol")
                .whereLayer("netty").mayOnlyAccessLayers("exception", "protocol", "base")
                .whereLayer("internal").mayOnlyAccessLayers("exception", "protocol", "base", "netty")
                .whereLayer("internal").mayOnlyBeAccessedByLayers("client", "server")
                .whereLayer("client").mayOnlyAccessLayers("exception", "protocol", "base", "netty", "internal")
                .whereLayer("server").mayOnlyAccessLayers("exception", "protocol", "base", "netty", "internal")
                .whereLayer("client").mayNotBeAccessedByAnyLayer()
                .whereLayer("server").mayNotBeAccessedByAnyLayer()
                .whereLayer("testkit").mayNotAccessAnyLayer()
                .whereLayer("testkit").mayNotBeAccessedByAnyLayer()
                .ensureAllClassesAreContainedInArchitecture()
                .check(ALL);
    }

    @Test
    void heartbeats_seeWhatUsersOfTheClientSee() {
        classes().that().resideInAPackage(BASE + ".client.heartbeat")
                .should().onlyDependOnClassesThat(resideInAnyPackage(
                                BASE, BASE + ".protocol", BASE + ".exception", BASE + ".client.heartbeat", "java..", "io.netty..",
                                "org.slf4j..", "org.apache.commons.lang3..", "org.jspecify..")
                        .or(type(SessionRestorer.class))
                        .or(type(SessionRestorer.Session.class)))
                .check(LIBRARY);
        noClasses().that().resideInAPackage(BASE + ".client").should().dependOnClassesThat().resideInAPackage(BASE + ".client.heartbeat")
                .check(LIBRARY);
    }

    @Test
    void noPackage_isInTwoModules() {
        Map<String, TreeSet<String>> modulesByPackage = new TreeMap<>();
        for (JavaClass type : WITH_DEMO) {
            modulesByPackage.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>()).add(moduleOf(type));
        }
        List<String> shared = new ArrayList<>();
        modulesByPackage.forEach((name, modules) -> {
            if (modules.size() > 1) {
                shared.add(name + " in " + modules);
            }
        });

        assertEquals(List.of(), shared);
    }

    @Test
    void fastjson_isTouchedByRemotingSerializableAlone() {
        noClasses().that().doNotHaveFullyQualifiedName(BASE + ".protocol.RemotingSerializable")
                .and().haveNameNotMatching(".*\\.RemotingSerializable\\$.*")
                .should().dependOnClassesThat().resideInAPackage("com.alibaba..")
                .check(LIBRARY);
        classes().that().haveFullyQualifiedName(BASE + ".protocol.RemotingSerializable")
                .should().dependOnClassesThat().resideInAPackage("com.alibaba..")
                .check(LIBRARY);
    }

    @Test
    void testkit_seesNettyAndJUnitAndNothingOfTheLibrary() {
        classes().that().resideInAPackage(BASE + ".testkit..")
                .should().onlyDependOnClassesThat(resideInAnyPackage(
                        BASE + ".testkit..", "java..", "io.netty..", "org.junit.jupiter.api..", "org.junit.platform..", "org.jspecify.."))
                .check(ALL);
    }

    @Test
    void library_seesOnlyWhatItDeclares() {
        classes().that(alwaysTrue())
                .should().onlyDependOnClassesThat(resideInAnyPackage(
                        BASE + "..", "java..", "io.netty..", "org.slf4j..", "org.apache.commons.lang3..", "com.alibaba.fastjson2..",
                        "org.jspecify..", "jdk.jfr.."))
                .check(LIBRARY);
    }

    /** A runtime image may be without that module, and everything else works there. */
    @Test
    void flightRecorder_isTouchedByFlightRecordsAlone() {
        String records = BASE + ".internal.FlightRecords";
        noClasses().that().haveNameNotMatching(Pattern.quote(records) + "(\\$.*)?")
                .should().dependOnClassesThat().resideInAPackage("jdk.jfr..")
                .check(LIBRARY);
        noClasses().that().haveNameNotMatching(Pattern.quote(BASE) + "\\.internal\\.Flight.*")
                .should().dependOnClassesThat().haveFullyQualifiedName(records)
                .check(LIBRARY);
    }

    @Test
    void protocol_hasBuffersButNoChannels() {
        noClasses().that().resideInAnyPackage(BASE + ".protocol", BASE + ".exception")
                .should().dependOnClassesThat().resideInAnyPackage("io.netty.channel..", "io.netty.bootstrap..", "io.netty.handler..")
                .check(LIBRARY);
    }

    @Test
    void library_logsBySlf4jAndPrintsNothing() {
        GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(LIBRARY);
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(LIBRARY);
        noClasses().should().dependOnClassesThat().resideInAnyPackage("ch.qos.logback..", "io.netty.util.internal.logging..")
                .check(LIBRARY);
    }

    @Test
    void library_neverSleeps() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class)
                .orShould().callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould().callMethod(TimeUnit.class, "sleep", long.class)
                .check(LIBRARY);
    }

    /** Somebody may set that clock while we wait: no wait may end or begin by it, so nobody looks at it at all. */
    @Test
    void library_neverLooksAtTheWallClock() {
        Set<String> asking = Set.of("System.currentTimeMillis", "LockSupport.parkUntil", "Condition.awaitUntil");
        noClasses().should().accessTargetWhere(describe(
                        "it is the wall clock", (JavaAccess<?> access) ->
                                asking.contains(access.getTargetOwner().getSimpleName() + '.' + access.getName())))
                .orShould().dependOnClassesThat().haveNameMatching(
                        "java\\.time\\.(?!Duration$).*|java\\.util\\.(Date|Calendar|GregorianCalendar|Timer|TimerTask)|java\\.sql\\..*")
                .check(LIBRARY);
    }
}
