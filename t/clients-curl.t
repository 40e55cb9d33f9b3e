#!/usr/bin/perl
# System tier: curl (OpenSSL) at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Test::More;

sub escaped { return $_[0] =~ s{([^\w./-])}{sprintf '%%%02X', ord $1}ger }

# Steps that follow each other and are of one kind go into one session.
my %options = (
	list => sub { ("$_[0]$_[1]/") },
	get => sub { ("$_[0]" . escaped($_[1]), '-o', $_[2]) },
	put => sub { ("$_[0]" . escaped($_[2]), '-T', $_[1]) },
	reget => sub { ('-C', '-', "$_[0]$_[1]", '-o', $_[2]) },
	reput => sub { ('-C', '-', "$_[0]$_[2]", '-T', $_[1]) },
	get_time => sub { ('-R', "$_[0]$_[1]", '-o', $_[2]) },
	rename => sub { ($_[0], '-Q', "RNFR $_[1]", '-Q', "RNTO $_[2]") },
	remove => sub { ($_[0], '-Q', "DELE $_[1]") },
	mkdir => sub { ($_[0], '-Q', "MKD $_[1]") },
	rmdir => sub { ($_[0], '-Q', "RMD $_[1]") },
);

# When the answer to EPSV is there before it looks, it sleeps for a second (or
# for --happy-eyeballs-timeout-ms): on one processor with the server, and
# before it, it always looks in time.
my @in_time = qw(taskset -c 0 chrt -f 10);

sub curl {
	my ($how, @steps) = @_;
	my $host = $how->{host} =~ /:/ ? "[$how->{host}]" : $how->{host};
	my $implicit = ($how->{tls} // '') eq 'implicit';
	my $url = ($implicit ? 'ftps' : 'ftp') . "://$host:21/";
	my @curl = ('curl', '-sS', '-g', '-u', "$how->{user}:$how->{password}",
	    qw(--happy-eyeballs-timeout-ms 1),
	    $how->{active} ? ('-P', '-') : (),
	    $how->{tls} ? ('--ssl-reqd', '--cacert', $how->{ca}) : ());
	my @commands;

	unshift @curl, @in_time if $how->{tls};
	while (my $step = shift @steps) {
		my ($verb, @arg) = @$step;
		my @command = (@curl, $options{$verb}->($url, @arg));
		push @command, $options{$verb}->($url, (@{ shift @steps })[1, 2])
		    while @steps && $steps[0][0] eq $verb;
		push @commands, \@command, '';
	}
	return @commands;
}

my $client = { name => 'curl', packages => ['curl'],
    version => 'curl --version', run => \&curl,
    cannot => { get_tree => 'it has none', put_tree => 'it has none',
        put_time => 'it sends no time',
        abort => 'one that is stopped ends; see "killed"' } };

jobs($client);
system("taskset -cp 0 $_ >/dev/null") for servers();
my $unfit = 'this version has no TLS on an active data connection';
jobs({ %$client, cannot => { %{ $client->{cannot} }, active => $unfit,
    'IPv6, active' => $unfit } }, tls => 'explicit');
many($client, kinds => ['explicit']);
many($client, kinds => ['implicit'], count => 50);
done_testing;
