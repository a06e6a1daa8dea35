package io.pgproof.demo;

import java.util.List;

/**
 * The tables of a demo shop. They have what makes a backup interesting: foreign keys, text indexes,
 * and rows that are too long for a page.
 */
final class Shop {
  /** Query for the time of the newest order. */
  static final String FRESHNESS_QUERY = "select max(placed_at) from orders";

  static final String INSERT_ORDER =
      """
      with placed as (
        insert into orders (customer_id, placed_at, status)
        select id, clock_timestamp(), 'placed' from customers where id >= ? order by id limit 1
        returning id)
      insert into order_lines (order_id, line, product, quantity, unit_price)
      select id, line, 'product ' || line * 7, line, 9.95 * line from placed, generate_series(1, 3) line
      """;

  private Shop() {}

  /**
   * Returns the statements that create and fill the tables. The data are deterministic except for
   * the times, which end now.
   *
   * @param orders number of orders; there are a tenth as many customers and three times as many
   *     lines
   */
  static List<String> tables(int orders) {
    int customers = Math.max(1, orders / 10);
    return List.of(
        """
        create table customers (
          id bigint generated always as identity primary key,
          name text not null,
          email text not null unique,
          created_at timestamptz not null)
        """,
        """
        create table orders (
          id bigint generated always as identity primary key,
          customer_id bigint not null,
          placed_at timestamptz not null,
          status text not null check (status in ('placed', 'paid', 'shipped', 'returned')),
          remarks text)
        """,
        """
        create table order_lines (
          order_id bigint not null,
          line int not null,
          product text not null,
          quantity int not null check (quantity > 0),
          unit_price numeric(10, 2) not null)
        """,
        """
        insert into customers (name, email, created_at)
        select (array['Ana', 'Åsa', 'Élodie', 'Jürgen', 'Łukasz', 'Zoë'])[1 + i %% 6] || ' ' || md5(i::text),
               'customer' || i || '@example.org', now() - interval '2 years' + i * interval '1 minute'
        from generate_series(1, %d) i
        """
            .formatted(customers),
        """
        insert into orders (customer_id, placed_at, status, remarks)
        select 1 + i::bigint * 7919 %% %d, now() - (%d - i) * (interval '365 days' / %d),
               (array['placed', 'paid', 'shipped', 'returned'])[1 + i %% 4],
               case when i %% 200 = 0 then (select string_agg(md5((i + j)::text), ' ') from generate_series(1, 250) j) end
        from generate_series(1, %d) i
        """
            .formatted(customers, orders, orders, orders),
        """
        insert into order_lines (order_id, line, product, quantity, unit_price)
        select id, line, 'product ' || (id * line) % 1000, 1 + (id + line) % 5, ((id * line) % 10000) / 100.0
        from orders, generate_series(1, 3) line
        """,
        // Foreign keys that are added after the rows are checked at once and not row by row.
        "alter table orders add foreign key (customer_id) references customers",
        "alter table order_lines add primary key (order_id, line)",
        "alter table order_lines add foreign key (order_id) references orders",
        "create index orders_customer on orders (customer_id)",
        "create index orders_placed on orders (placed_at)",
        "create index customers_name on customers (name)",
        "create index order_lines_product on order_lines (product)",
        "analyze");
  }
}
