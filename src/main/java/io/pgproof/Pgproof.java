package io.pgproof;

public class Pgproof {
  public static void main(String[] arguments) {}
}
