"""What the rooms promise one another and others: events, topics, schemas, configuration of Kafka."""
