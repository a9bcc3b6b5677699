package io.longlink.remoting.benchmarks;

import java.io.IOException;

/** A round without a result: calls failed, or a process did. */
final class RoundFailedException extends IOException {
    private static final long serialVersionUID = 1;

    RoundFailedException(String message) {
        super(message);
    }
}
