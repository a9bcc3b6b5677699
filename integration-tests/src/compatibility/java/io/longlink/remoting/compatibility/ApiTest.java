package io.longlink.remoting.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.longlink.remoting.compatibility.ApiComparison.Fate;
import io.longlink.remoting.compatibility.ApiComparison.Name;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every public name of RocketMQ's remoting that is not the same in ours has a reason. */
class ApiTest {

    @Test
    void nameThatIsNotTheSame_hasAReason_andEveryReasonAName() throws Exception {
        ApiReasons reasons = ApiReasons.read(Report.API_REASONS);
        List<Name> different = Api.compare(StockVersion.V5_5_1).stream().filter(name -> name.fate() != Fate.SAME).toList();

        assertEquals(List.of(), different.stream().filter(name -> reasons.why(name).isEmpty()).toList());
        assertEquals(List.of(), reasons.unused(different), "reasons without a name");
    }

    @Test
    void overload_thatIsMissing_changesTheName_andAnotherReturnTypeDoesNot() {
        assertEquals(
                List.of(
                        new Name("Theirs", "gone", Fate.ABSENT),
                        new Name("Theirs", "kept", Fate.SAME),
                        new Name("Theirs", "overloaded", Fate.CHANGED)),
                ApiComparison.compare(Theirs.class, Ours.class));
        assertEquals(Fate.ABSENT, ApiComparison.compare(Theirs.class, null).get(1).fate());
    }

    @Test
    void reason_firstLineThatFits_counts() {
        ApiReasons reasons = ApiReasons.of(List.of("# comment", "", "Theirs.g* = one", "*.gone = two"));

        assertEquals("one", reasons.why(new Name("Theirs", "gone", Fate.ABSENT)).orElseThrow());
        assertEquals(List.of("*.gone"), reasons.unused(List.of(new Name("Theirs", "gone", Fate.ABSENT))));
    }

    interface Theirs {
        void gone();

        void kept(String text);

        void overloaded(int number);

        void overloaded(long number);
    }

    interface Ours {
        Ours kept(String text);

        void overloaded(int number);
    }
}
