/** The tables of a SQLite ledger, and how a file of an earlier version becomes one of today. */
import type { Format } from "@priceport/core/sqlite/SqliteFile"

/**
 * From one version to the next; never changed once released, only added to.
 *
 * `names` leads from a vendor's name of a customer to the customer; it is `shared` where it once led to another. `assignments`,
 * `serves`, `shows` and `outcomes` are what was told, summed up by day; `customers` is made of them, a row for each experiment
 * and customer, and made anew when one of them changes. `vendor_sets` gives a number to each set of vendors seen in a row.
 * `rows_due` stands on a plan until the rows that hang on it are made.
 * `kept_arms`, `shown_prices` and `migrations` are what routers must not forget.
 */
export const versions: ReadonlyArray<string> = [
  `
  create table settings (name text primary key, value integer not null) without rowid;

  create table plans (
    experiment text primary key,
    plan text not null,
    stored_at integer not null,
    stored_before integer not null,
    rows_due integer not null
  ) without rowid;

  create table names (
    name text primary key,
    unit text not null,
    at integer not null,
    shared integer not null default 0
  ) without rowid;
  create index names_unit on names (unit);

  create table assignments (
    unit text not null,
    experiment text not null,
    arm text not null,
    first_at integer not null,
    last_at integer not null,
    overridden integer not null,
    primary key (unit, experiment, arm)
  ) without rowid;

  create table serves (
    unit text not null,
    day integer not null,
    provider text not null,
    source text not null,
    standby_for text not null,
    treatment integer not null,
    first_at integer not null,
    last_at integer not null,
    n integer not null,
    slow integer not null,
    primary key (unit, day, provider, source, standby_for, treatment)
  ) without rowid;

  create table shows (
    unit text not null,
    day integer not null,
    provider text not null,
    standby_for text not null,
    counted integer not null,
    first_at integer not null,
    last_at integer not null,
    n integer not null,
    primary key (unit, day, provider, standby_for, counted)
  ) without rowid;

  create table outcomes (
    id text not null,
    kind text not null,
    unit text not null,
    micros integer,
    currency text,
    at integer not null,
    source text not null,
    primary key (id, kind)
  ) without rowid;
  create index outcomes_unit on outcomes (unit);

  create table latencies (
    day integer not null,
    provider text not null,
    bucket integer not null,
    n integer not null,
    primary key (day, provider, bucket)
  ) without rowid;

  create table kept_arms (
    experiment text not null,
    unit text not null,
    arm text not null,
    at integer not null,
    primary key (experiment, unit)
  ) without rowid;

  create table shown_prices (
    name text not null,
    placement text not null,
    provider text not null,
    at integer not null,
    primary key (name, placement)
  ) without rowid;

  create table migrations (
    migration text not null,
    sequence integer not null,
    entry text not null,
    primary key (migration, sequence)
  ) without rowid;

  create table strays (day integer not null, kind text not null, n integer not null, primary key (day, kind)) without rowid;

  create table vendor_sets (id integer primary key, members text not null unique);
  insert into vendor_sets values (0, '[]');

  create table customers (
    experiment text not null,
    unit text not null,
    arm text not null,
    arms integer not null,
    overridden integer not null,
    assigned_at integer not null,
    exposed_at integer,
    early_show integer not null,
    served integer not null,
    standby integer not null,
    treatment integer,
    answers integer not null,
    slow integer not null,
    bundled_answers integer not null,
    standby_answers integer not null,
    unanswered integer not null,
    shows integer not null,
    standby_shows integer not null,
    uncounted_shows integer not null,
    converted_at integer,
    paid integer not null,
    micros integer not null,
    currency text,
    covariate integer not null,
    unpriced integer not null,
    early_outcomes integer not null,
    refunds_without_sale integer not null,
    refunds_above_sale integer not null,
    doubles integer not null,
    last_outcome_at integer,
    primary key (experiment, unit)
  ) without rowid;
  create index customers_exposed on customers (experiment, exposed_at) where exposed_at is not null;
  create index customers_worth on customers (experiment, unit) where last_outcome_at is not null;
  `
]

/** What the file of a ledger is: "PPLG". */
export const format: Format = { applicationId: 0x5050_4c47, writer: "@priceport/compare", versions }
