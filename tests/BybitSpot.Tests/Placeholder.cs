namespace BybitSpot.Tests;
