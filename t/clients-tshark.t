#!/usr/bin/perl
# System tier: who listens on the wire, with tshark, while curl and lftp put,
# get and list: all of a plain session, nothing of FTPS, explicit and implicit,
# and every data connection is TLS from its first byte to its last.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Inftpd::System;
use IO::Socket::INET ();
use Test::More;

my $client = { name => 'tshark', packages => [qw(tshark curl lftp)],
    version => 'tshark --version', wants => sub {
	!system 'command -v curl lftp dumpcap >/dev/null' } };
my $here = '/srv/here';
my $there = '/home/alice';
my %secret = (name => 'alice', password => 'secret', directory => 'hidden-so',
    'a file sent' => 'content-that-is-sent ' x 2000,
    'a file fetched' => 'content-that-is-fetched ' x 2000,
    'a name listed' => 'named-and-listed-so');

# Put, get and list with curl and lftp; lftp active, too.
sub use_clients {
	my ($scheme, $version) = @_;
	my $url = "$scheme://192.0.2.1:21";
	my @curl = ('curl', '-sS', '-u', 'alice:secret', $version ? ('--ssl-reqd',
	    '--cacert', '/etc/certs/ca.pem', "--tlsv$version", '--tls-max',
	    $version) : ());
	my $lftp = 'set net:max-retries 1; set cmd:fail-exit yes; ' .
	    'set ftp:use-mode-z no; ' . # compressed is not seen, either
	    'set ssl:ca-file /etc/certs/ca.pem; set ftp:ssl-allow ' .
	    ($version ? "yes; set ftp:ssl-force yes; set ftp:ssl-protect-data yes; " .
	    'set ftp:ssl-protect-list yes; set ssl:priority ' .
	    "NORMAL:-VERS-ALL:+VERS-TLS$version; " : 'no; ') . 'set ftp:passive-mode ';
	my $jobs = '; put up -o hidden-so/up; cat hidden-so/down >lftp-down; ' .
	    'cls -l hidden-so; bye';

	for my $command ([@curl, '-T', 'up', "$url/hidden-so/up"],
	    [@curl, "$url/hidden-so/down", '-o', 'curl-down'],
	    [@curl, "$url/hidden-so/"],
	    map { ['lftp', '-u', 'alice,secret', '-e', "$lftp$_$jobs", $url] }
	    'yes', 'no') {
		system("timeout 30 @{[ map { qq('$_') } @$command ]} >.out 2>&1") == 0
		    or diag("@$command: ", read_file("$here/.out"));
	}
}

# Send it until the capture has it: everything before it is there, too.
sub mark {
	my ($file, $text) = @_;
	my $socket = IO::Socket::INET->new(Proto => 'udp',
	    PeerAddr => '192.0.2.1', PeerPort => 9);

	return Inftpd::Test::wait_until(sub {
		$socket->send($text);
		return -e $file && index(read_file($file), $text) >= 0;
	}, 20);
}

# What is on the wire meanwhile: (all of it, the connections), each of those
# with its ports and what each side says.
sub captured {
	my ($do) = @_;
	my $file = '/srv/packets';
	my %streams;

	unlink $file;
	my $pid = Inftpd::System::start(['dumpcap', '-q', '-i', 'lo', '-w', $file],
	    sub { open STDERR, '>', '/dev/null' });
	mark($file, 'here it begins');
	$do->();
	Inftpd::Test::wait_until(sub { !sessions() }, 10);
	mark($file, 'here it ends');
	stop($pid);
	open my $fields, '-|', "tshark -r $file -T fields -e tcp.stream " .
	    "-e tcp.srcport -e tcp.dstport -e tcp.payload -Y " .
	    "'tcp.len > 0 && !tcp.analysis.retransmission' 2>/dev/null" or die $!;
	while (my $line = <$fields>) {
		chomp $line;
		my ($stream, $from, $to, $bytes) = split /\t/, $line;
		$streams{$stream}{ports}{$_} = 1 for $from, $to;
		$streams{$stream}{said}{$from} .= pack 'H*', $bytes =~ s/://gr;
	}
	return (read_file($file), values %streams);
}

# Nothing but whole records of TLS.
sub is_tls {
	my ($bytes) = @_;

	return 0 if $bytes eq '';
	while ($bytes ne '') {
		my ($type, $major, $minor, $length) = unpack 'CCCn', $bytes;
		return 0 if length $bytes < 5 || $type < 20 || $type > 23 ||
		    $major != 3 || length $bytes < 5 + $length;
		$bytes = substr $bytes, 5 + $length;
	}
	return 1;
}

sub prepare {
	my ($tls, @conf) = @_;

	fresh();
	configure_for({ tls => $tls }, @conf);
	mkdir "$there/hidden-so";
	write_file("$here/up", $secret{'a file sent'});
	write_file("$there/hidden-so/down", $secret{'a file fetched'});
	write_file("$there/hidden-so/named-and-listed-so", '');
	chown 1001, 1001, "$there/hidden-so";
}

sub arrived {
	return read_file("$there/hidden-so/up") eq $secret{'a file sent'} &&
	    !grep { read_file("$here/$_") ne $secret{'a file fetched'} }
	    qw(curl-down lftp-down);
}

sub control { return grep { $_->{ports}{21} } @_ }
sub data { return grep { !$_->{ports}{21} } @_ }
sub sides { return map { values %{ $_->{said} } } @_ }

serve($client);
prepare('');
my ($all, @streams) = captured(sub { use_clients('ftp') });
result(titled($client, 'plain', 'the files arrive'), arrived(), 0, '');
for my $what (sort keys %secret) {
	my $there_is = index($all, substr $secret{$what}, 0, 200) >= 0;
	result(titled($client, 'plain', "sees $what"), $there_is, 0, '');
}
is(scalar(data(@streams)), 9, 'data connections');
is(scalar(grep { is_tls($_) } sides(@streams)), 0, 'none of them TLS');

for my $kind ('explicit', 'implicit') {
	for my $version ('1.2', '1.3') {
		my $service = "FTPS, $kind, TLS $version";

		prepare($kind, implicit_ssl => $kind eq 'implicit' ? 'YES' : 'NO',
		    ssl_min_version => "TLSv$version",
		    ssl_max_version => "TLSv$version");
		($all, @streams) = captured(sub {
			use_clients($kind eq 'implicit' ? 'ftps' : 'ftp', $version) });
		result(titled($client, $service, 'the files arrive'), arrived(), 0, '');
		for my $what (sort keys %secret) {
			my $seen = $secret{$what} =~ s/ .*//sr;
			result(titled($client, $service, "sees nothing of $what"),
			    index($all, $seen) < 0, 0, '');
		}
		result(titled($client, $service, 'data connections are TLS throughout'),
		    data(@streams) == 9 && !grep({ !is_tls($_) }
		    sides(data(@streams))), 0, scalar data(@streams));
		my (@rest, %clear);
		for my $side (sides(control(@streams))) {
			$clear{$1} = 1 while $side =~ s/^([ -~]*)\r\n//;
			push @rest, $side;
		}
		result(titled($client, $service, 'control connections are TLS ' .
		    ($kind eq 'implicit' ? 'throughout' : 'behind AUTH')),
		    @rest == 10 && !grep({ !is_tls($_) } @rest) &&
		    !grep({ !/^(?:220|234|211|AUTH|FEAT| )/ } keys %clear) &&
		    ($kind eq 'explicit') == !!%clear, 0, join "\n", sort keys %clear);
	}
}
done_testing;
