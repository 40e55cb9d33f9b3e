#!/usr/bin/perl
# Transcript tier, no root: the rules of pasv_address, and names in them, which
# --resolve looks up and sessions only read.
# directive: pasv_addr_resolve

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $program = Inftpd::Test::program();

sub server {
	my (%conf) = @_;

	return Inftpd::Test->new(conf => \%conf);
}

# The address that a client of this address is told, or the code.
sub told {
	my ($server, @from) = @_;
	my $c = $server->login('alice', @from);
	my ($code, $text) = $c->cmd('PASV');

	$c->quit;
	return $code if $code != 227;
	return join '.', $text =~ /\((\d+),(\d+),(\d+),(\d+),/;
}

my $server = server(pasv_address => '127.0.0.1/32=192.0.2.1, 127.0.0.2=, ' .
    '127.0.0.0/30=192.0.2.2,127.0.1.0/24=192.0.2.3 203.0.113.7');
is(told($server), '192.0.2.1', 'an address that is a network');
is(told($server, from => '127.0.0.2'), '127.0.0.1', 'nothing behind =');
is(told($server, from => '127.0.0.3'), '192.0.2.2', 'the network');
is(told($server, from => '127.0.0.4'), '203.0.113.7', 'not in it');
is(told($server, from => '127.0.1.9'), '192.0.2.3', 'another network');
$server = server(pasv_address => '0.0.0.0/0=192.0.2.1,127.0.0.1=192.0.2.2');
is(told($server), '192.0.2.1', 'the first that holds the client is taken');
$server = server(pasv_address => '192.0.2.0/24=192.0.2.1');
is(told($server), '127.0.0.1', 'no rule for the client');
if (Inftpd::Test::has_ipv6()) {
	$server = server(pasv_address => '::/0=192.0.2.6,0.0.0.0/0=192.0.2.4');
	is(told($server, address => '::1'), '192.0.2.6', 'an IPv6 client');
	is(told($server), '192.0.2.4', 'an IPv4 client');
	$server = server(pasv_address => '::/0=,192.0.2.4');
	is(told($server, address => '::1'), 522, 'who has no IPv4 to be told');
}
$server = server(pasv_address => '192.0.2.1');
$server->write_conf('conf.d/x.conf', { pasv_address => '' });
is(told($server), '127.0.0.1', 'unset');
mkdir "$server->{dir}/conf/net.d" or die $!;
$server->write_conf('net.d/127.0.0.9.conf', { pasv_address => '192.0.2.9' });
is(told($server, from => '127.0.0.9'), '192.0.2.9', 'by net.d');

# What is no rule.
my $dir = "$server->{dir}/conf";

sub check {
	my ($option, %conf) = @_;

	$server->write_conf('conf.d/x.conf', \%conf);
	my $said = `$program --config $dir $option 2>&1`;
	return ($? >> 8, $said =~ s{\Q$dir\E/}{}gr);
}

for my $bad ('192.0.2', '192.0.2.256', '2001:db8::1', '10.0.0.0/8=2001:db8::1',
    '10.0.0.1/8=192.0.2.1', '10.0.0.0/33=192.0.2.1', '=192.0.2.1',
    '10.0.0.0/=192.0.2.1', 'lan=192.0.2.1', '192.0.2.1=x=y', 'a_b',
    '192.0.2.1;192.0.2.2') {
	my (undef, $said) = check('--show-config', pasv_address => "192.0.2.1, $bad");

	is($said, "error: conf.d/x.conf:1: pasv_address: \"$bad\" won't do; an " .
	    'IPv4 address, or rules with commas between, NETWORK=ADDRESS as ' .
	    "192.0.2.0/24=198.51.100.1\n", "no rule: $bad");
}
my ($status, $said) = check('--show-config', pasv_address => 'localhost');
is($said, 'error: conf.d/x.conf:1: pasv_address: localhost is no IPv4 ' .
    "address; names need pasv_addr_resolve=YES\n", 'a name without leave');
check('--show-config', pasv_addr_resolve => 'YES');
$server->write_conf('net.d/127.0.0.9.conf', { pasv_address => 'localhost' });
is((check('--show-config --from 127.0.0.9', pasv_addr_resolve => 'YES'))[1],
    'error: net.d/127.0.0.9.conf:1: pasv_address: names may stand in ' .
    "inftpd.conf and conf.d only\n", 'a name where --resolve does not look');
unlink "$dir/net.d/127.0.0.9.conf";

# Names.
my %names = (pasv_addr_resolve => 'YES', pasv_address =>
    '127.0.0.2=no-such.invalid, 127.0.0.3=192.0.2.3, localhost');

($status, $said) = check('--show-config', %names);
is($status, 0, 'names with leave');
($status, $said) = check('--check-config', %names);
like($said, qr/^(?:error|warning): .*: the address of localhost is not known yet/m,
    'which --check-config misses before --resolve has run');
my $c = $server->login('alice');
$c->expect('PASV', 425, 'No address to tell you; use EPSV.',
    'before --resolve has run');
$c->expect('EPSV', 229, undef, 'EPSV needs none');
$c->quit;
like($c->log, qr/pasv_address: the address of localhost is not known/,
    'the log says what to do');
is(told($server, from => '127.0.0.3'), '192.0.2.3', 'who is told no name');

($status, $said) = check('--resolve', %names);
is($status, 1, '--resolve: a name that is not there');
like($said, qr/^inftpd: pasv_address: no-such\.invalid: \S/, 'is named');
is(told($server), '127.0.0.1', 'the other one is known');
is(told($server, from => '127.0.0.2'), 425, 'that one is not');

# What was known stays known.
Inftpd::Test::write_file("$dir/resolved",
    "no-such.invalid 192.0.2.77\nlocalhost 192.0.2.78\n");
is(told($server, from => '127.0.0.2'), '192.0.2.77', 'sessions only read');
is(told($server), '192.0.2.78', 'whatever is there');
($status, $said) = check('--resolve', %names);
is($status, 1, 'the name still is not there');
is(told($server, from => '127.0.0.2'), '192.0.2.77', 'its address stays');
is(told($server), '127.0.0.1', 'others are refreshed');
($status, $said) = check('--resolve', pasv_addr_resolve => 'YES',
    pasv_address => 'localhost');
is("$status $said", '0 ', 'all well: 0, and nothing said');
open my $in, '<', "$dir/resolved" or die $!;
is(join('', <$in>), "localhost 127.0.0.1\n", 'names that are gone are gone');

# Files that are broken are as good as none.
for my $lines ('', "localhost\n", "localhost 1.2.3\n", "localhost 1.2.3.4.5\n",
    "xlocalhost 192.0.2.1\n", "localhost  192.0.2.1\n", "localhost ::1\n",
    "localhost 192.0.2.1 \n", 'x' x 100000) {
	Inftpd::Test::write_file("$dir/resolved", $lines);
	is(told($server), 425, 'lines: ' . substr $lines =~ s/\n/\\n/gr, 0, 30);
}
Inftpd::Test::write_file("$dir/resolved", 'localhost 192.0.2.1');
is(told($server), '192.0.2.1', 'a last line without an end');

chmod 0555, $dir;
($status, $said) = check2('--resolve');
is($status, 1, '--resolve where it may not write');
like($said, qr{^inftpd: resolved\.new: Permission denied}, 'says so');
chmod 0755, $dir;
is(told($server), '192.0.2.1', 'and leaves what there is');
$server->done;
done_testing;

sub check2 {
	my $said = `$program --config $dir @_ 2>&1`;

	return ($? >> 8, $said =~ s{\Q$dir\E/}{}gr);
}
