// Totals by région and nation with Kafka Streams, exactly once: the newest version of each submission stands.
// Arguments: bootstrap servers, topic, application id, output topic, state folder, file of régions, `default` or `tuned`.

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

public final class Totals {
    static final ObjectMapper JSON = new ObjectMapper();
    static final Map<String, String> REGIONS = new HashMap<>();

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Line(String member, String department, Map<String, String> values) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Submission(String platform, String form, String period, int version, List<Line> lines) {}

    /** What is kept of a submission: its version, and its lines with their figures in minor units. */
    record Kept(int version, List<String> members, List<String> regions, List<long[]> figures) {}

    static final class Fold implements Processor<String, byte[], String, byte[]> {
        private ProcessorContext<String, byte[]> context;
        private KeyValueStore<String, byte[]> standing;

        @Override
        public void init(ProcessorContext<String, byte[]> context) {
            this.context = context;
            this.standing = context.getStateStore("standing");
        }

        @Override
        public void process(Record<String, byte[]> record) {
            try {
                Submission said = JSON.readValue(record.value(), Submission.class);
                byte[] before = standing.get(record.key());
                Kept known = before == null ? null : JSON.readValue(before, Kept.class);
                if (known != null && known.version() >= said.version()) return;
                Kept now = kept(said);
                standing.put(record.key(), JSON.writeValueAsBytes(now));
                Map<String, long[]> moves = new HashMap<>();
                String quarter = said.form() + "|" + said.period() + "|";
                move(moves, quarter, now, 1);
                if (known != null) move(moves, quarter, known, -1);
                moves.forEach((group, by) -> context.forward(record.withKey(group).withValue(bytes(by))));
            } catch (java.io.IOException error) {
                throw new java.io.UncheckedIOException(error);
            }
        }
    }

    static Kept kept(Submission said) {
        int amount = said.form().startsWith("mobilite") ? 2 : -1;
        List<long[]> figures = said.lines().stream().map(line -> {
            long[] found = new long[3];
            int place = 0;
            for (String text : line.values().values()) {
                found[place] = place == amount ? new BigDecimal(text).movePointRight(2).longValueExact() : Long.parseLong(text);
                place++;
            }
            return found;
        }).toList();
        List<String> regions = said.lines().stream().map(line -> REGIONS.get(line.department())).toList();
        return new Kept(said.version(), said.lines().stream().map(Line::member).toList(), regions, figures);
    }

    static void move(Map<String, long[]> moves, String quarter, Kept kept, int sign) {
        for (int n = 0; n < kept.figures().size(); n++) {
            for (String group : new String[] {"national|FR", "region|" + kept.regions().get(n)}) {
                long[] sums = moves.computeIfAbsent(quarter + group, ignored -> new long[4]);
                sums[0] += sign;
                for (int m = 0; m < 3; m++) sums[m + 1] += sign * kept.figures().get(n)[m];
            }
        }
    }

    static byte[] bytes(long[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(32);
        for (long value : values) buffer.putLong(value);
        return buffer.array();
    }

    static byte[] added(byte[] one, byte[] other) {
        ByteBuffer a = ByteBuffer.wrap(one), b = ByteBuffer.wrap(other), sum = ByteBuffer.allocate(32);
        for (int n = 0; n < 4; n++) sum.putLong(a.getLong() + b.getLong());
        return sum.array();
    }

    static KeyValueBytesStoreSupplier store(String name, boolean tuned) {
        return tuned ? Stores.inMemoryKeyValueStore(name) : Stores.persistentKeyValueStore(name);
    }

    static Properties settings(String[] args, boolean tuned) {
        Properties found = new Properties();
        found.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
        found.put(StreamsConfig.APPLICATION_ID_CONFIG, args[2]);
        found.put(StreamsConfig.STATE_DIR_CONFIG, args[4]);
        found.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        if (tuned) {
            found.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
            found.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 500);
            found.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 128L << 20);
            found.put(StreamsConfig.producerPrefix("linger.ms"), 50);
            found.put(StreamsConfig.producerPrefix("batch.size"), 512 << 10);
            found.put(StreamsConfig.producerPrefix("compression.type"), "lz4");
            found.put(StreamsConfig.consumerPrefix("max.poll.records"), 4000);
            found.put(StreamsConfig.consumerPrefix("fetch.max.bytes"), 64 << 20);
        }
        return found;
    }

    public static void main(String[] args) throws Exception {
        boolean tuned = args[6].equals("tuned");
        for (String line : Files.readAllLines(Path.of(args[5]))) REGIONS.put(line.split(" ")[0], line.split(" ")[1]);
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(Stores.keyValueStoreBuilder(store("standing", tuned), Serdes.String(), Serdes.ByteArray()));
        builder.stream(args[1], Consumed.with(Serdes.String(), Serdes.ByteArray()))
            .process(Fold::new, "standing")
            .repartition(Repartitioned.with(Serdes.String(), Serdes.ByteArray()).withName("moves"))
            .groupByKey(Grouped.with(Serdes.String(), Serdes.ByteArray()))
            .aggregate(() -> new byte[32], (group, by, known) -> added(known, by),
                Materialized.<String, byte[]>as(store("totals", tuned))
                    .withKeySerde(Serdes.String()).withValueSerde(Serdes.ByteArray()))
            .toStream()
            .to(args[3], Produced.with(Serdes.String(), Serdes.ByteArray()));
        KafkaStreams streams = new KafkaStreams(builder.build(), settings(args, tuned));
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
    }
}
