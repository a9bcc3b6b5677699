package io.longlink.remoting.demo.crowd;

import java.util.List;

/** How the verdicts read. Stateless. */
final class Ending {
    private Ending() {}

    /** The numbers, the complaints, and the last line. */
    static String sentences(String numbers, List<String> complaints, String green, String red) {
        StringBuilder text = new StringBuilder(numbers).append('\n');
        complaints.forEach(complaint -> text.append("  ").append(complaint).append('\n'));
        return text.append(complaints.isEmpty() ? "GREEN: " + green : "RED: " + red).toString();
    }
}
