-- name: offered
-- What CustomerScreen shows, as views for an interface that is made from the database. Each is inlined where it is read.
DROP SCHEMA IF EXISTS peers CASCADE;
CREATE SCHEMA peers;

CREATE VIEW peers.agents AS
  SELECT agent_id, ref, display_name, presence FROM public.agents;
COMMENT ON VIEW peers.agents IS $$
@primaryKey agent_id
@unique ref
$$;

CREATE VIEW peers.customers AS
  SELECT customer_id, display_name, version, owner_id, partner_id FROM public.customers;
COMMENT ON VIEW peers.customers IS $$
@primaryKey customer_id
@foreignKey (owner_id) references peers.agents (agent_id)|@fieldName owner
@foreignKey (partner_id) references peers.agents (agent_id)|@fieldName partner
$$;

CREATE VIEW peers.handles AS
  SELECT handle_id, customer_id, kind, written AS value, assurance <> 'SELF_ASSERTED' AS verified, added_at
  FROM public.handles;
COMMENT ON VIEW peers.handles IS $$
@primaryKey handle_id
@foreignKey (customer_id) references peers.customers (customer_id)|@foreignFieldName handles
$$;

CREATE VIEW peers.cases AS
  SELECT case_id, number, version, subject, status, priority, channels, opened_at, last_contact_at, due_at, customer_id,
    assignee_id
  FROM public.cases;
COMMENT ON VIEW peers.cases IS $$
@primaryKey case_id
@foreignKey (customer_id) references peers.customers (customer_id)|@fieldName customer
@foreignKey (assignee_id) references peers.agents (agent_id)|@fieldName assignee
$$;

CREATE VIEW peers.open_cases AS SELECT * FROM peers.cases WHERE status IN ('OPEN', 'WAITING');
COMMENT ON VIEW peers.open_cases IS $$
@primaryKey case_id
@foreignKey (customer_id) references peers.customers (customer_id)|@fieldName customer|@foreignFieldName openCases
@foreignKey (assignee_id) references peers.agents (agent_id)|@fieldName assignee
$$;

CREATE VIEW peers.closed_cases AS SELECT * FROM peers.cases WHERE status = 'RESOLVED';
COMMENT ON VIEW peers.closed_cases IS $$
@primaryKey case_id
@foreignKey (customer_id) references peers.customers (customer_id)|@fieldName customer|@foreignFieldName closedCases
@foreignKey (assignee_id) references peers.agents (agent_id)|@fieldName assignee
$$;

CREATE VIEW peers.timeline AS
  SELECT entry_id, kind, customer_id, case_id, occurred_at,
    CASE WHEN actor_kind = 'AGENT' THEN actor_ref END AS actor_agent_ref,
    CASE WHEN actor_kind = 'CUSTOMER' THEN actor_ref::uuid END AS actor_customer_id,
    direction, channel, visibility, subject, text, delivery_status, gesture_kind, gesture_status,
    round(amount_minor / 100.0, 2)::text AS amount, currency, reason, agent_id, due_at, commitment_status, case_status
  FROM public.timeline;
COMMENT ON VIEW peers.timeline IS $$
@primaryKey entry_id
@interface mode:single type:kind
@type CONTACT name:Contact attributes:direction,channel,visibility,subject,text,delivery_status
@type NOTE name:Note attributes:text
@type GESTURE name:Gesture attributes:gesture_kind,gesture_status,amount,currency
@type ASSIGNMENT name:Assignment attributes:agent_id,reason
@type COMMITMENT name:Commitment attributes:text,due_at,commitment_status
@type STATUS_CHANGE name:StatusChange attributes:case_status
@foreignKey (customer_id) references peers.customers (customer_id)|@foreignFieldName timeline
@foreignKey (case_id) references peers.cases (case_id)|@fieldName case
@foreignKey (actor_agent_ref) references peers.agents (ref)|@fieldName actorAgent
@foreignKey (actor_customer_id) references peers.customers (customer_id)|@fieldName actorCustomer
@foreignKey (agent_id) references peers.agents (agent_id)|@fieldName agent
$$;
