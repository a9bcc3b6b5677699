package io.longlink.remoting.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** How a process of a round is led: orders come line by line, each is answered with a line of figures. The process ends with its input. */
final class Orders {
    /** What an answer begins with if the order could not be carried out. */
    static final String FAILED = "failed ";

    /** Carries out one order. */
    @FunctionalInterface
    interface Handler {
        /**
         * Carries it out.
         *
         * @param words the order and its arguments
         */
        Figures carryOut(String[] words) throws Exception;
    }

    private Orders() {}

    /** Says the first figures, then obeys until the input ends. Does not return. */
    static void obey(Figures first, Handler handler) throws IOException {
        System.out.println(first.line());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(answer(handler, line));
        }
        // Nobody is to wait for a contender's way of ending.
        Runtime.getRuntime().halt(0);
    }

    private static String answer(Handler handler, String line) {
        try {
            return handler.carryOut(line.split(" ", -1)).line();
        } catch (Exception | Error e) {
            e.printStackTrace();
            return FAILED + e.toString().replace('\n', ' ');
        }
    }
}
