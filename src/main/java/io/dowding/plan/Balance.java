package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Service;
import io.dowding.placement.Candidate;
import io.dowding.placement.Choice;
import io.dowding.placement.Filters;
import io.dowding.placement.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Moves that would even out the load. Nothing is done by itself; a person looks at them first. Jobs
 * that are pinned, have local data or are placed with others stay.
 */
public final class Balance {

  private final Situation situation;
  private final Pass pass;
  private final Pins pins;
  private final Groups groups;
  private final Leaving leaving;
  private final List<Member> movable = new ArrayList<>();

  /** A job that would move. */
  public record Move(String job, long incarnation, String from, String to, String why) {}

  private Balance(Situation situation) {
    this.situation = situation;
    this.pass = new Pass(situation);
    this.pins = new Pins(pass);
    this.groups = new Groups(pass, pins);
    this.leaving = new Leaving(pass);
  }

  /**
   * The moves that even out the load most, each of them worthwhile by itself.
   *
   * @param most how many at most
   */
  public static List<Move> of(Situation situation, int most) {
    return new Balance(situation).moves(most);
  }

  private List<Move> moves(int most) {
    for (Allocation record : situation.allocations().all().values()) {
      Service service = situation.services().get(record.service());
      if (service != null && isMovable(record, service)) {
        movable.add(new Member(record.job(), service, record));
      }
    }
    List<Move> moves = new ArrayList<>();
    while (moves.size() < most) {
      Gain best = best();
      if (best == null) {
        break;
      }
      Move move = best.move();
      moves.add(move);
      pass.fleet.place(move.job(), best.member().service().placement(), move.to(), move.from());
      movable.remove(best.member());
    }
    return moves;
  }

  private boolean isMovable(Allocation record, Service service) {
    HostState host = situation.host(record.host());
    return host != null
        && host.usable()
        && !service.isGlobal()
        && !service.container().hasLocalData()
        && service.placement().strategy() == Service.Strategy.SPREAD
        && record.specHash().equals(service.specHash())
        && pass.running.current(record) != null
        && pins.placeOf(record.job(), service) instanceof Pins.Place.Free
        && groups.targetOf(new Member(record.job(), service, record)) == null;
  }

  /** The best move; among equals, of the first job to the first host. */
  private @Nullable Gain best() {
    Gain best = null;
    for (Member member : movable) {
      for (Gain gain : moves(member)) {
        best = best == null || gain.amount() > best.amount() ? gain : best;
      }
    }
    return best;
  }

  /** How much a move narrows the difference between two hosts. */
  private record Gain(Member member, Move move, double amount) {}

  private List<Gain> moves(Member member) {
    Allocation record = Objects.requireNonNull(member.record());
    Candidate from = Objects.requireNonNull(pass.fleet.host(record.host()));
    List<Gain> gains = new ArrayList<>();
    Request request = leaving.request(member);
    double weight = member.service().placement().weight();
    for (String name : situation.hosts().keySet()) {
      Candidate to = pass.fleet.host(name);
      if (to == null || to == from || Filters.refuse(request, to) != null) {
        continue;
      }
      double narrows = from.load() - to.load() - weight;
      boolean crowds = to.siblings(member.job()) > from.siblings(member.job());
      if (narrows > 0 && weight > 0 && !crowds) {
        String why = "load %s there, %s here".formatted(Choice.load(to), Choice.load(from));
        gains.add(
            new Gain(
                member,
                new Move(member.job(), record.incarnation(), record.host(), name, why),
                narrows));
      }
    }
    return gains;
  }
}
