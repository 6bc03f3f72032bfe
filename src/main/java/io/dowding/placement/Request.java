package io.dowding.placement;

import io.dowding.model.Service;
import java.util.Map;

/**
 * A job that needs a host.
 *
 * @param failedOn hosts on which it failed to start too often of late, each with what went wrong
 */
public record Request(String job, Service service, Map<String, String> failedOn) {}
