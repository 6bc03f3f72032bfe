package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Service;
import org.jspecify.annotations.Nullable;

/**
 * A job that needs a host, alone or with others.
 *
 * @param record its present record, or null
 */
record Member(String job, Service service, @Nullable Allocation record) {

  boolean isOn(String hostname) {
    return record != null && record.host().equals(hostname);
  }
}
