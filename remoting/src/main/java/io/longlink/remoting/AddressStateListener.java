package io.longlink.remoting;

/**
 * Watches where a client stands with its addresses. Called one change at a time, in order per address, on an executor of the client, never on
 * an event loop and always behind the transition: the address may be further by then.
 *
 * <p>Changes that come faster than listeners take them are told as one, from the state that was told last to the newest one, so that a slow
 * listener keeps nobody waiting and still ends up with the truth. What a listener throws is logged and changes nothing.
 */
@FunctionalInterface
public interface AddressStateListener {

    /** The address went from one state to another. */
    void onAddressState(String addr, AddressState before, AddressState after);
}
