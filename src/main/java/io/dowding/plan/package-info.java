/**
 * Decides what to do, with a reason for each action. {@link io.dowding.plan.Planner#plan} is a pure
 * function from a {@link io.dowding.plan.Situation} to a {@link io.dowding.plan.Plan}. It reads no
 * clock and changes nothing: the same situation always gives the same plan, and a plan can be
 * printed instead of performed.
 *
 * <p>A pass goes service by service ({@link io.dowding.plan.ServicePass}). {@link
 * io.dowding.plan.Targets} chooses where each job should run, {@link io.dowding.plan.Groups} where
 * services go that are placed together, {@link io.dowding.plan.Upkeep} decides what its containers
 * need, and {@link io.dowding.plan.JobMemory} remembers failures.
 *
 * <p>A plan may cover only some services ({@link io.dowding.plan.Scope}). Each {@link
 * io.dowding.plan.ServicePlan} lists what it depends on beyond its own service, and stays valid
 * until any of that changes.
 */
@NullMarked
package io.dowding.plan;

import org.jspecify.annotations.NullMarked;
