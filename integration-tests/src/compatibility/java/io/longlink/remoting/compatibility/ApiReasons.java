package io.longlink.remoting.compatibility;

import io.longlink.remoting.compatibility.ApiComparison.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Why names are changed or absent, written by hand: lines "Class.member = why", {@code *} for anything, the first that fits counts. */
final class ApiReasons {
    private record Reason(String pattern, Pattern regex, String why) {}

    private final List<Reason> reasons = new ArrayList<>();

    static ApiReasons read(Path file) throws IOException {
        return of(Files.readAllLines(file));
    }

    static ApiReasons of(List<String> lines) {
        ApiReasons all = new ApiReasons();
        for (String line : lines) {
            if (!line.isBlank() && !line.startsWith("#")) {
                int equals = line.indexOf(" = ");
                String pattern = line.substring(0, equals);
                Pattern regex = Pattern.compile(Pattern.quote(pattern).replace("*", "\\E.*\\Q"));
                all.reasons.add(new Reason(pattern, regex, line.substring(equals + 3)));
            }
        }
        return all;
    }

    Optional<String> why(Name name) {
        return first(name).map(Reason::why);
    }

    private Optional<Reason> first(Name name) {
        return reasons.stream().filter(reason -> reason.regex().matcher(name.toString()).matches()).findFirst();
    }

    /** Patterns by which none of these names is explained. */
    List<String> unused(List<Name> names) {
        Map<String, Boolean> used = new LinkedHashMap<>();
        reasons.forEach(reason -> used.put(reason.pattern(), false));
        names.forEach(name -> first(name).ifPresent(reason -> used.put(reason.pattern(), true)));
        return used.entrySet().stream().filter(entry -> !entry.getValue()).map(Map.Entry::getKey).toList();
    }
}
