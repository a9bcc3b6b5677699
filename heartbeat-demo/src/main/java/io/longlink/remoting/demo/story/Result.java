package io.longlink.remoting.demo.story;

import java.util.List;

/**
 * What came of a scenario, told last.
 *
 * @param facts its numbers, for machines
 * @param sentences the same for people; the last line begins with GREEN or RED
 * @param complaints what makes it red, in words; empty if it is green
 */
public record Result(JsonObject facts, String sentences, List<String> complaints) {

    /** Whether there is nothing to complain of. */
    public boolean isGreen() {
        return complaints.isEmpty();
    }
}
