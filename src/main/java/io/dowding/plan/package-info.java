/**
 * What to do, and why. {@link io.dowding.plan.Planner#plan} is a pure function from a {@link
 * io.dowding.plan.Situation} to a {@link io.dowding.plan.Plan}: it reads no clock and changes
 * nothing, so that the same world always gives the same plan, and a plan can be printed instead of
 * performed.
 *
 * <p>A pass goes service by service ({@link io.dowding.plan.ServicePass}): {@link
 * io.dowding.plan.Targets} says where each job is to be, {@link io.dowding.plan.Groups} where those
 * are that are placed together, {@link io.dowding.plan.Upkeep} what its
 * containers need. {@link io.dowding.plan.JobMemory} is what failures leave behind.
 *
 * <p>A plan may be of some services alone ({@link io.dowding.plan.Scope}). Each {@link
 * io.dowding.plan.ServicePlan} says on what it rests beside its own service; as long as nothing of
 * that changes it holds, and need not be made again.
 */
@NullMarked
package io.dowding.plan;

import org.jspecify.annotations.NullMarked;
