package io.dowding.placement;

import io.dowding.model.Service;
import java.util.Map;

/**
 * A job that needs a host.
 *
 * @param avoid hosts that this job must not use, each with the reason
 */
public record Request(String job, Service service, Map<String, String> avoid) {}
