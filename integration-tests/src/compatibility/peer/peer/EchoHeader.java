package peer;

import org.apache.rocketmq.remoting.CommandCustomHeader;
import org.apache.rocketmq.remoting.annotation.CFNotNull;
import org.apache.rocketmq.remoting.exception.RemotingCommandException;

/** A header with every type of field that all versions carry. */
public final class EchoHeader implements CommandCustomHeader {
    @CFNotNull
    private String text;

    private int number;
    private Long big;
    private boolean yes;
    private Double fraction;

    static EchoHeader sample() {
        EchoHeader header = new EchoHeader();
        header.text = "\u00e4 \u6d88\u606f \"quoted\" \\ {}";
        header.number = -7;
        header.big = Long.MAX_VALUE;
        header.yes = true;
        header.fraction = 0.25;
        return header;
    }

    boolean isSample() {
        EchoHeader sample = sample();
        return sample.text.equals(text)
                && number == sample.number
                && sample.big.equals(big)
                && yes
                && sample.fraction.equals(fraction);
    }

    @Override
    public void checkFields() throws RemotingCommandException {
        if (number >= 0) {
            throw new RemotingCommandException("number must be below 0");
        }
    }

    public String getText() {
        return text;
    }

    public void setText(String text) {
        this.text = text;
    }

    public int getNumber() {
        return number;
    }

    public void setNumber(int number) {
        this.number = number;
    }

    public Long getBig() {
        return big;
    }

    public void setBig(Long big) {
        this.big = big;
    }

    public boolean isYes() {
        return yes;
    }

    public void setYes(boolean yes) {
        this.yes = yes;
    }

    public Double getFraction() {
        return fraction;
    }

    public void setFraction(Double fraction) {
        this.fraction = fraction;
    }
}
