package io.dowding.placement;

import io.dowding.model.Service;
import java.util.Map;

/**
 * A job that needs a host.
 *
 * @param avoid hosts that it is not to go to for reasons of its own, each with the reason
 */
public record Request(String job, Service service, Map<String, String> avoid) {}
