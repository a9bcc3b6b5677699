package peer;

/** Why something failed, on one line. */
final class Reasons {
    private Reasons() {}

    static String of(Throwable failure) {
        StringBuilder reason = new StringBuilder();
        for (Throwable cause = failure; cause != null && reason.length() < 600; cause = cause.getCause()) {
            reason.append(cause == failure ? "" : " / ").append(cause.getClass().getSimpleName());
            if (cause.getMessage() != null) {
                reason.append(": ").append(cause.getMessage());
            }
        }
        return reason.toString().replaceAll("\\s+", " ");
    }
}
