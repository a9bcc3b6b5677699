package io.longlink.remoting.demo.view;

/**
 * Where one panel of the figure is, in the figure's own pixels.
 *
 * @param time milliseconds, from left to right
 */
record Frame(Axis time, double left, double right, double top, double bottom) {

    double width() {
        return right - left;
    }

    double height() {
        return bottom - top;
    }
}
