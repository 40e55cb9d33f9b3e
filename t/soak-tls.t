#!/usr/bin/perl
# System tier: 10,000 transfers in one session under TLS 1.3, all of which
# resume, as require_ssl_reuse=YES wants, and neither process grows. `make soak'.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Inftpd::TLS;
use Test::More;

my $transfers = 10_000;
alarm 1800;

File::Path::make_path('/etc/certs');
my $pair = Inftpd::TLS::pair('/etc/certs', 'ftpd');
my %home = three_kinds(Inftpd::TLS::conf($pair), require_ssl_reuse => 'YES',
    ssl_min_version => 'TLSv1.3');
super_server();

# Resident kilobytes and descriptors of a process.
sub size_of {
	my ($process) = @_;
	my %is = status_of($process);
	my @descriptors = glob "/proc/$process/fd/*";

	return ($is{VmRSS} =~ /^(\d+)/ ? $1 : die, scalar @descriptors);
}

my $c = Inftpd::TLS->over(dial(), version => 'TLSv1_3');
$c->expect('AUTH TLS', 234);
$c->shake_hands or die "$c->{error}\n";
$c->login('alice');
$c->protect;

# Each way of opening a data connection in its turn, up and down.
my @open = qw(pasv epsv port eprt);
my ($whole, $resumed) = (0, 0);

sub transfer {
	my ($n) = @_;
	my $open = $open[$n / 2 % @open];
	my $bytes = "$n " x ($n % 500);

	if ($n % 2) {
		$whole++ if ($c->retr('file', $open))[0] eq
		    read_file("$home{alice}/file");
	} else {
		$whole++ if ($c->stor('file', $bytes, $open))[0] eq 226 &&
		    read_file("$home{alice}/file") eq $bytes;
	}
	$resumed++ if $c->{resumed};
}

my $warm = int $transfers / 10;
transfer($_) for 0 .. $warm - 1;
my %process = (ftpd => (sessions())[0], helper => file_agent());
my %before = map { $_ => [size_of($process{$_})] } keys %process;
transfer($_) for $warm .. $transfers - 1;

is($whole, $transfers, "$transfers transfers are whole");
is($resumed, $transfers, 'and all have resumed the session');
for my $name (sort keys %process) {
	my ($kilobytes, $descriptors) = size_of($process{$name});
	my ($had, $descriptors_had) = @{ $before{$name} };

	diag("$name: $had kB after $warm, $kilobytes kB at the end");
	cmp_ok($kilobytes - $had, '<=', 64, "$name: no growth of memory");
	is($descriptors, $descriptors_had, "$name: no growth of descriptors");
}
$c->expect('QUIT', 221);
ok(Inftpd::Test::wait_until(sub { !sessions() }, 5), 'no session is left');
done_testing;
