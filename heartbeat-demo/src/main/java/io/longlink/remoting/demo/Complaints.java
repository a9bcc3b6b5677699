package io.longlink.remoting.demo;

import java.util.ArrayList;
import java.util.List;

/** What makes a verdict red, in words. Not thread-safe. */
final class Complaints {
    private final List<String> list = new ArrayList<>();

    /** Complains unless a number is 0. */
    Complaints mustBeZero(String name, long value) {
        return must(value == 0, name + " is " + value + ", not 0");
    }

    /** Complains if a number is so small that something did not happen, or not to everybody. */
    Complaints mustBeAtLeast(String name, long value, long least) {
        return must(value >= least, name + " is " + value + ", less than " + least);
    }

    /** Complains if there was too little of what the run is about: it proves nothing then. */
    Complaints mustHaveSeen(String name, long value, long least) {
        return must(value >= least, name + " is " + value + ", less than " + least + ": nothing was proved");
    }

    /** Complains unless something holds. */
    Complaints must(boolean holds, String complaint) {
        if (!holds) {
            list.add(complaint);
        }
        return this;
    }

    /** All of them, in the order they were made. */
    List<String> list() {
        return List.copyOf(list);
    }
}
