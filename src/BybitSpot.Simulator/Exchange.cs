namespace BybitSpot.Simulator;
