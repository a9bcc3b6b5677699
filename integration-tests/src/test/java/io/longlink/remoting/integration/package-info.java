/**
 * What needs both sides, or a real socket under one of them. Start here: {@link io.longlink.remoting.integration.Services} makes and ends
 * what a test uses, {@link io.longlink.remoting.integration.Scripts} plays the other side, {@link io.longlink.remoting.integration.Executions}
 * keeps count of what ran.
 */
package io.longlink.remoting.integration;
