# Sourced by the launcher of a checkout, bin/dowding, and by that of the package. For any POSIX shell.

# launch HOME JAVA CLASSES LIB CACHE MAIN ARGUMENT...: becomes dowding, with the settings in HOME/config,
# the jars in LIB and the cache of classes, if there is one.
launch() {
  home=$1 java=$2 classes=$3 lib=$4 cache=$5 main=$6
  shift 6
  command=${1:-}
  heap=${DOWDING_HEAP:-1g}
  # It is not a setting of the configuration.
  unset DOWDING_HEAP
  # In another encoding Java cannot name all files. A locale that is not installed has another one,
  # whatever its name says.
  [ "$(locale charmap 2> /dev/null)" = UTF-8 ] || export LC_ALL=C.UTF-8

  # Classes behind -Xbootclasspath are not verified: picocli's have the format of Java 5, whose
  # verification takes longer than everything else.
  set -- -XX:+UseCompactObjectHeaders \
    -Xbootclasspath/a:"$(echo "$lib"/picocli-*.jar)" \
    -Ddowding.home="$home" -Dlogback.configurationFile="$home/config/logback.xml" \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$classes:$(jars "$lib")" "$main" "$@"
  [ ! -s "$cache" ] || set -- -XX:AOTCache="$cache" "$@"
  case $command in
    # Chosen by bin/bench with 1,000 hosts and 10,000 jobs: the heap grows to 1 GB while the jobs are
    # placed, and is given back while nothing happens (0.55 GB resident then). ZGC took 3 to 5 GB; the
    # serial collector 10 % less processor time, but it gives nothing back. With a limit of 512 MB, a
    # third of the time went into collections.
    # After running out of memory no thread can be trusted, so the process exits and is restarted.
    agent)
      set -- -XX:+UseG1GC "-Xmx$heap" -XX:G1PeriodicGCInterval=60000 \
        -XX:MaxHeapFreeRatio=40 -XX:+ExitOnOutOfMemoryError -Ddowding.log=System.out "$@"
      ;;
    # Commands end before an optimizing compiler pays off, and at once, so the JVM would leave its file of
    # counters in /tmp. A cache that does not fit is not used; the JVM's message about that is of no use.
    *)
      set -- -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData "$@"
      [ ! -s "$cache" ] || set -- -Xlog:disable "$@"
      ;;
  esac
  exec "$java" "$@"
}

# Prints the jars of a directory as a class path, always in the same order, as the cache expects.
jars() (
  LC_ALL=C
  set -- "$1"/*.jar
  IFS=:
  echo "$*"
)
