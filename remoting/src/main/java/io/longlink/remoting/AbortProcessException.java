package io.longlink.remoting;

/** Thrown by a hook or processor on the answering side to answer with a given code and remark, and without a log line. */
public class AbortProcessException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int responseCode;

    /** An abort that is answered with {@code responseCode} and {@code remark}. */
    public AbortProcessException(int responseCode, String remark) {
        super(remark);
        this.responseCode = responseCode;
    }

    /** The code of the answer. */
    public final int getResponseCode() {
        return responseCode;
    }
}
